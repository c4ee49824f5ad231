package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.Message.Range;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;

/** Whatever arrives: it is a message, and the same in every respect when written again, or it is refused. */
final class WirePropertyTest {
    private static final int TRIES = 300;

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenIsRead(@ForAll long seed) throws WireException {
        Message message = new RandomMessage(seed).next();
        byte[] bytes = Wire.encode(message);

        assertThat(Wire.encode(Wire.decode(bytes))).isEqualTo(bytes);
        assertThat(bytes.length).isLessThanOrEqualTo(upperBound(message));
    }

    /** What the budget is reckoned with. */
    private static int upperBound(Message message) {
        int[] bytes = {Wire.frameBytes(message.wanted().size())};
        Range range = message.range();
        if (range != null) {
            range.records().forEach((key, value) -> bytes[0] += Wire.recordBytes(value));
        }
        message.changed().forEach((key, value) -> bytes[0] += Wire.recordBytes(value));
        bytes[0] += message.removed().length * Wire.removedBytes();
        message.entries().forEach(entry -> bytes[0] += Wire.entryBytes(entry.name(), entry.value()));
        return bytes[0];
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.MIXIN)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
        assertReadOrRefused(bytes);
    }

    private static final AtomicInteger READ = new AtomicInteger();
    private static final AtomicInteger REFUSED = new AtomicInteger();

    @Property(tries = 5 * TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void damagedMessagesAreReadOrRefused(@ForAll long seed) {
        boolean read = assertReadOrRefused(new RandomMessage(seed).damaged());
        (read ? READ : REFUSED).incrementAndGet();
    }

    /** Otherwise it would show nothing. */
    @AfterProperty
    void bothWereTried() {
        if (READ.get() + REFUSED.get() > 0) {
            assertThat(READ.get()).isGreaterThan(TRIES / 2);
            assertThat(REFUSED.get()).isGreaterThan(TRIES / 2);
        }
    }

    /** @return whether it was read */
    static boolean assertReadOrRefused(byte[] bytes) {
        Message message;
        try {
            message = Wire.decode(bytes);
        } catch (WireException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
        byte[] again = Wire.encode(message);
        try {
            assertThat(Wire.encode(Wire.decode(again))).isEqualTo(again);
        } catch (WireException e) {
            throw new AssertionError("read, but not when written again", e);
        }
        return true;
    }
}
