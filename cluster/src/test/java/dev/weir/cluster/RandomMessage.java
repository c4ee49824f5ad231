package dev.weir.cluster;

import dev.weir.cluster.Message.Parting;
import dev.weir.cluster.Message.Range;
import dev.weir.cluster.Message.Told;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** Any message that a node could send, and damaged ones, by a seed. */
final class RandomMessage {
    private final SplittableRandom random;

    RandomMessage(long seed) {
        this.random = new SplittableRandom(seed);
    }

    Message next() {
        Identity sender = new Identity(id(), text(0, 20), random.nextLong(1, Long.MAX_VALUE));
        return new Message(
                sender,
                random.nextLong(1, Long.MAX_VALUE),
                random.nextLong(),
                random.nextInt(1, Wire.MAX_HEARTBEAT_MILLIS + 1),
                random.nextInt(Wire.MAX_HEARTBEAT_MILLIS, Wire.MAX_LEASE_MILLIS + 1),
                random.nextBoolean() ? Parting.STAYS : random.nextBoolean() ? Parting.LEAVING : Parting.GOODBYE,
                Stream.generate(this::id).limit(random.nextInt(4)).toList(),
                random.nextBoolean() ? range() : null,
                Bytes.records(map()),
                random.longs(random.nextInt(5)).sorted().distinct().toArray(),
                Stream.generate(this::entry).limit(random.nextInt(4)).toList());
    }

    private UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Of one to four bytes a character. */
    private String text(int min, int max) {
        int[] alphabet = {'a', 'z', '/', ' ', 'ä', '€', 0x1F30A};
        int[] codePoints = random.ints(random.nextInt(min, max + 1), 0, alphabet.length)
                .map(i -> alphabet[i])
                .toArray();
        return new String(codePoints, 0, codePoints.length);
    }

    private NavigableMap<Long, String> map() {
        NavigableMap<Long, String> map = new TreeMap<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            map.put(random.nextLong(), text(0, 80));
        }
        return map;
    }

    private Range range() {
        NavigableMap<Long, String> map = map();
        return map.isEmpty()
                ? new Range(Long.MIN_VALUE, Long.MAX_VALUE, Bytes.records(Map.of()))
                : new Range(map.firstKey(), map.lastKey(), Bytes.records(map));
    }

    private Told entry() {
        byte[] value = random.nextInt(3) == 0 ? null : Bytes.of(text(0, 100));
        int removedSeconds = value == null ? random.nextInt(Integer.MAX_VALUE) : 0;
        return new Told(text(1, 30), value, random.nextLong(Long.MAX_VALUE), id(), removedSeconds);
    }

    /** A message with up to four mistakes. Most get past the head, and are found wherever the mistake is. */
    byte[] damaged() {
        byte[] bytes = Wire.encode(next());
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            bytes = damage(bytes);
        }
        return bytes;
    }

    private byte[] damage(byte[] bytes) {
        byte[] damaged = bytes.clone();
        // The head up to the heartbeat has no lengths to lie about.
        int from = random.nextInt(4) == 0 ? 0 : Math.min(46, bytes.length - 1);
        int at = random.nextInt(from, bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> damaged[at] = (byte) random.nextInt(256);
            case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> Arrays.fill(damaged, at, Math.min(at + 5, damaged.length), (byte) 0xff);
            default -> damaged = Arrays.copyOf(bytes, Math.max(1, bytes.length + random.nextInt(-20, 20)));
        }
        return damaged;
    }
}
