package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cluster.Message.Parting;
import dev.weir.cluster.Message.Range;
import dev.weir.cluster.Message.Told;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class WireTest {
    private static final Identity NODE = new Identity(new UUID(1, 2), "lb-1", 3);

    static Message message(Identity sender, long sequence) {
        return new Message(
                sender,
                sequence,
                0,
                250,
                5_000,
                Parting.STAYS,
                List.of(),
                null,
                Records.NONE,
                Message.NO_KEYS,
                List.of());
    }

    private static Message full() {
        return new Message(
                NODE,
                4,
                5,
                250,
                5_000,
                Parting.LEAVING,
                List.of(new UUID(6, 7)),
                new Range(-1, 9, Bytes.records(Map.of(8L, "eight"))),
                Bytes.records(Map.of(10L, "ten")),
                new long[] {11},
                List.of(
                        new Told("drain/x", Bytes.of("yes"), 12, new UUID(13, 14), 0),
                        new Told("drain/y", null, 15, new UUID(13, 14), 300)));
    }

    /** Other implementations, and other versions of this one, rely on each of these bytes. */
    @Test
    void theFormatIsWhatIsDocumented() {
        String expected = """
                57656972 01 05
                0000000000000001 0000000000000002
                0000000000000003 0000000000000004 0000000000000005
                fa01 8827
                04 6c622d31
                01 0000000000000006 0000000000000007
                ffffffffffffffff 0000000000000009 01 0000000000000008 05 6569676874
                01 000000000000000a 03 74656e
                01 000000000000000b
                02
                07 647261696e2f78 000000000000000c 000000000000000d 000000000000000e 00 03 796573
                07 647261696e2f79 000000000000000f 000000000000000d 000000000000000e 01 ac02
                """;
        assertThat(HexFormat.of().formatHex(Wire.encode(full()))).isEqualTo(expected.replaceAll("\\s", ""));
    }

    @Test
    void whatIsWrittenIsRead() throws WireException {
        Message read = Wire.decode(Wire.encode(full()));

        assertThat(read).usingRecursiveComparison().isEqualTo(full());
    }

    @Test
    void aMessageThatEndsAnywhereElseIsRefused() {
        byte[] whole = Wire.encode(full());
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Wire.decode(part)).isInstanceOf(WireException.class);
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "1 bytes too many");
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() {
        byte[] plain = Wire.encode(message(NODE, 4));
        assertRefused(with(plain, 0, 0), "magic at byte 4: not of this protocol");
        assertRefused(with(plain, 5, 3), "flags at byte 6: 3");
        assertRefused(with(plain, 22, 0x80), "incarnation at byte 30: -9223372036854775805 (expected: > 0)");
        assertRefused(with(plain, 54, 0xff), "name at byte 55: not UTF-8");
        assertRefused(with(plain, 54, '\n'), "name at byte 55: control characters");
        assertRefused(new byte[Wire.MAX_MESSAGE_BYTES + 1], "65537 bytes (expected: at most 65536)");
    }

    @Test
    void keysOutOfOrderOrOutOfTheirRangeAreRefused() {
        assertRefused(encode(null, new Records(new long[] {2, 1}, values(2))), "key 1 out of order");
        assertRefused(encode(null, new Records(new long[] {1, 1}, values(2))), "key 1 out of order");
        assertRefused(
                encode(new Range(5, 6, new Records(new long[] {4}, values(1))), Records.NONE), "key 4 out of order");
        assertRefused(
                encode(new Range(5, 6, new Records(new long[] {7}, values(1))), Records.NONE), "key 7 out of order");
        assertRefused(encode(new Range(6, 5, Records.NONE), Records.NONE), "begins with 6 and ends with 5");
    }

    /** A count of two billion in a message of a few bytes: refused before there is an array for it. */
    @Test
    void aCountBeyondWhatIsLeftIsRefused() {
        byte[] plain = Wire.encode(message(NODE, 4));
        ByteBuffer huge = ByteBuffer.allocate(plain.length + 4).put(plain, 0, plain.length - 4);
        huge.put(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07});

        assertRefused(Arrays.copyOf(huge.array(), plain.length + 1), "count at byte");
    }

    private static byte[] encode(Range range, Records changed) {
        return Wire.encode(new Message(
                NODE, 4, 0, 250, 5_000, Parting.STAYS, List.of(), range, changed, Message.NO_KEYS, List.of()));
    }

    private static byte[][] values(int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> new byte[i])
                .toArray(byte[][]::new);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> Wire.decode(bytes))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(message);
    }
}
