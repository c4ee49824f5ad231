package dev.weir.cluster;

import dev.weir.cluster.Message.Parting;
import dev.weir.cluster.Message.Range;
import dev.weir.cluster.Message.Told;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The format of a message. Numbers are big-endian; a <em>varint</em> has seven bits a byte, the lowest first, up to 2^31 - 1; a
 * <em>block</em> is a varint, its length, and so many bytes; a <em>list</em> is a varint, its length, and so many items.
 *
 * <table>
 * <caption>Version 1</caption>
 * <tr><th>Bytes</th><th>What</th></tr>
 * <tr><td>4</td><td>magic, {@code Weir} in ASCII</td></tr>
 * <tr><td>1</td><td>version, 1: what follows is of this version</td></tr>
 * <tr><td>1</td><td>flags: 1 leaving, 2 goodbye, 4 has a range; the others are 0</td></tr>
 * <tr><td>16</td><td>sender's id</td></tr>
 * <tr><td>8</td><td>incarnation, &gt; 0</td></tr>
 * <tr><td>8</td><td>sequence, &gt; 0</td></tr>
 * <tr><td>8</td><td>hash of the configuration</td></tr>
 * <tr><td>varint</td><td>heartbeat, ms, 1 to {@value #MAX_HEARTBEAT_MILLIS}</td></tr>
 * <tr><td>varint</td><td>lease, ms, from the heartbeat to {@value #MAX_LEASE_MILLIS}</td></tr>
 * <tr><td>block</td><td>sender's name, UTF-8 without control characters, at most 255 bytes</td></tr>
 * <tr><td>list of 16</td><td>ids of nodes that should tell all of their records</td></tr>
 * <tr><td>8 + 8 + list of records</td><td>with flag 4: a range, its first and last key, and all records within</td></tr>
 * <tr><td>list of records</td><td>changed records</td></tr>
 * <tr><td>list of 8</td><td>keys of records that are no more, ascending</td></tr>
 * <tr><td>list of entries</td><td>shared entries</td></tr>
 * </table>
 *
 * A <em>record</em> is a key (8, ascending as signed numbers within a list) and a block of at most 1,024 bytes. An
 * <em>entry</em> is a name (block of 1 to 512, UTF-8 without control characters), a version (8, 0 or higher), its author's id (16), a kind (1), and with
 * kind 0 a block of at most 4,096 bytes, its value, or with kind 1 a varint: it was removed so many seconds ago.
 */
final class Wire {
    static final int VERSION = 1;

    /** Longer ones are not read, and not written. */
    static final int MAX_MESSAGE_BYTES = 64 * 1024;

    static final int MAX_HEARTBEAT_MILLIS = 10_000;
    static final int MAX_LEASE_MILLIS = 60_000;

    /** Longest entry. */
    static final int MAX_ENTRY_BYTES = WireWriter.blockBytes(Cluster.MAX_ENTRY_NAME_BYTES)
            + 8
            + 16
            + 1
            + WireWriter.blockBytes(Cluster.MAX_ENTRY_BYTES);

    private static final int MAGIC = 0x57656972;
    private static final int LEAVING = 1;
    private static final int GOODBYE = 2;
    private static final int RANGE = 4;
    private static final int VALUE = 0;
    private static final int TOMBSTONE = 1;

    private static final int KEY_BYTES = 8;
    private static final int MIN_RECORD_BYTES = KEY_BYTES + 1;
    private static final int MIN_ENTRY_BYTES = 2 + 8 + 16 + 1 + 1;

    private Wire() {}

    /** Bytes of a message without records and entries; at most. */
    static int frameBytes(int wanted) {
        int head = 4 + 1 + 1 + 16 + 8 + 8 + 8 + 5 + 5 + WireWriter.blockBytes(Identity.MAX_NAME_BYTES);
        int counts = 5 * 5;
        return head + 16 * wanted + KEY_BYTES + KEY_BYTES + counts;
    }

    static int recordBytes(byte[] value) {
        return KEY_BYTES + WireWriter.blockBytes(value.length);
    }

    static int removedBytes() {
        return KEY_BYTES;
    }

    /** At most. */
    static int entryBytes(String name, byte @Nullable [] value) {
        int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
        return WireWriter.blockBytes(nameBytes)
                + 8
                + 16
                + 1
                + (value == null ? 5 : WireWriter.blockBytes(value.length));
    }

    static byte[] encode(Message message) {
        WireWriter to = new WireWriter();
        Range range = message.range();
        to.int32(MAGIC).int8(VERSION).int8(flags(message));
        to.uuid(message.sender().id()).int64(message.sender().incarnation());
        to.int64(message.sequence()).int64(message.configuration());
        to.varint(message.heartbeatMillis()).varint(message.leaseMillis());
        to.text(message.sender().name());
        to.varint(message.wanted().size());
        message.wanted().forEach(to::uuid);
        if (range != null) {
            to.int64(range.first()).int64(range.last());
            write(range.records(), to);
        }
        write(message.changed(), to);
        to.varint(message.removed().length);
        for (long key : message.removed()) {
            to.int64(key);
        }
        to.varint(message.entries().size());
        message.entries().forEach(entry -> write(entry, to));
        return to.toBytes();
    }

    private static int flags(Message message) {
        int parting = switch (message.parting()) {
            case STAYS -> 0;
            case LEAVING -> LEAVING;
            case GOODBYE -> GOODBYE;
        };
        return parting | (message.range() == null ? 0 : RANGE);
    }

    private static void write(Records records, WireWriter to) {
        to.varint(records.size());
        records.forEach((key, value) -> to.int64(key).block(value));
    }

    private static void write(Told entry, WireWriter to) {
        to.text(entry.name()).int64(entry.version()).uuid(entry.author());
        byte[] value = entry.value();
        if (value == null) {
            to.int8(TOMBSTONE).varint(entry.removedSeconds());
        } else {
            to.int8(VALUE).block(value);
        }
    }

    /** @throws WireException for anything but a message of this format and version; nothing else is thrown */
    static Message decode(byte[] bytes) throws WireException {
        if (bytes.length > MAX_MESSAGE_BYTES) {
            throw new WireException(
                    Drop.MALFORMED, bytes.length + " bytes (expected: at most " + MAX_MESSAGE_BYTES + ")");
        }
        WireReader from = new WireReader(bytes);
        if (from.int32("magic") != MAGIC) {
            throw from.malformed("magic", "not of this protocol");
        }
        int version = from.int8("version");
        if (version != VERSION) {
            throw new WireException(Drop.OTHER_VERSION, "version " + version + " (expected: " + VERSION + ")");
        }
        return readBody(from);
    }

    private static Message readBody(WireReader from) throws WireException {
        int flags = from.int8("flags");
        Parting parting = parting(flags, from);
        UUID id = from.uuid("sender");
        long incarnation = positive("incarnation", from);
        long sequence = positive("sequence", from);
        long configuration = from.int64("configuration");
        int heartbeatMillis = Math.max(1, from.varint("heartbeat", MAX_HEARTBEAT_MILLIS));
        int leaseMillis = Math.max(heartbeatMillis, from.varint("lease", MAX_LEASE_MILLIS));
        Identity sender = new Identity(id, from.text("name", Identity.MAX_NAME_BYTES), incarnation);
        List<UUID> wanted = readWanted(from);
        Range range = (flags & RANGE) == 0 ? null : readRange(from);
        Records changed = readRecords("changed", Long.MIN_VALUE, Long.MAX_VALUE, from);
        long[] removed = readRemoved(from);
        List<Told> entries = readEntries(from);
        from.end();
        return new Message(
                sender,
                sequence,
                configuration,
                heartbeatMillis,
                leaseMillis,
                parting,
                wanted,
                range,
                changed,
                removed,
                entries);
    }

    private static Parting parting(int flags, WireReader from) throws WireException {
        return switch (flags & ~RANGE) {
            case 0 -> Parting.STAYS;
            case LEAVING -> Parting.LEAVING;
            case GOODBYE -> Parting.GOODBYE;
            default -> throw from.malformed("flags", Integer.toString(flags));
        };
    }

    private static long positive(String what, WireReader from) throws WireException {
        long value = from.int64(what);
        if (value <= 0) {
            throw from.malformed(what, value + " (expected: > 0)");
        }
        return value;
    }

    private static List<UUID> readWanted(WireReader from) throws WireException {
        int count = from.count("wanted", 16);
        List<UUID> wanted = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            wanted.add(from.uuid("wanted"));
        }
        return wanted;
    }

    private static Range readRange(WireReader from) throws WireException {
        long first = from.int64("range");
        long last = from.int64("range");
        if (first > last) {
            throw from.malformed("range", "begins with " + first + " and ends with " + last);
        }
        return new Range(first, last, readRecords("range", first, last, from));
    }

    private static Records readRecords(String what, long first, long last, WireReader from) throws WireException {
        int count = from.count(what, MIN_RECORD_BYTES);
        if (count == 0) {
            return Records.NONE;
        }
        long[] keys = new long[count];
        byte[][] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            keys[i] = from.int64(what);
            if (keys[i] < first || keys[i] > last || (i > 0 && keys[i] <= keys[i - 1])) {
                throw from.malformed(what, "key " + keys[i] + " out of order");
            }
            values[i] = from.block(what, Cluster.MAX_RECORD_BYTES);
        }
        return new Records(keys, values);
    }

    private static long[] readRemoved(WireReader from) throws WireException {
        int count = from.count("removed", KEY_BYTES);
        long[] keys = count == 0 ? Message.NO_KEYS : new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = from.int64("removed");
            if (i > 0 && keys[i] <= keys[i - 1]) {
                throw from.malformed("removed", "key " + keys[i] + " out of order");
            }
        }
        return keys;
    }

    private static List<Told> readEntries(WireReader from) throws WireException {
        int count = from.count("entries", MIN_ENTRY_BYTES);
        List<Told> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(readEntry(from));
        }
        return entries;
    }

    private static Told readEntry(WireReader from) throws WireException {
        String name = from.text("entry name", Cluster.MAX_ENTRY_NAME_BYTES);
        long version = from.int64("entry version");
        UUID author = from.uuid("entry author");
        int kind = from.int8("entry kind");
        if (name.isEmpty() || version < 0 || kind > TOMBSTONE) {
            throw from.malformed("entry", "name '" + name + "', version " + version + ", kind " + kind);
        }
        return kind == TOMBSTONE
                ? new Told(name, null, version, author, from.varint("entry age"))
                : new Told(name, from.block("entry value", Cluster.MAX_ENTRY_BYTES), version, author, 0);
    }
}
