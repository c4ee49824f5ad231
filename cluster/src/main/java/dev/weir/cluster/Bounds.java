package dev.weir.cluster;

import java.nio.charset.StandardCharsets;

/** What a caller may hand over: said to the caller at once, since nobody could tell it later. */
final class Bounds {
    private Bounds() {}

    /** Names are logged and shown: they may not look like lines of their own. */
    static boolean isText(String name) {
        return name.chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    static byte[] record(byte[] value) {
        if (value.length > Cluster.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "record of " + value.length + " bytes (expected: at most " + Cluster.MAX_RECORD_BYTES + ")");
        }
        return value;
    }

    static String entryName(String name) {
        if (!isText(name)) {
            throw new IllegalArgumentException(
                    "name of an entry, '" + name + "' (expected: text without control characters)");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > Cluster.MAX_ENTRY_NAME_BYTES) {
            throw new IllegalArgumentException("name of an entry, '" + name + "': " + bytes + " bytes (expected: 1 to "
                    + Cluster.MAX_ENTRY_NAME_BYTES + ")");
        }
        return name;
    }

    static byte[] entry(byte[] value) {
        if (value.length > Cluster.MAX_ENTRY_BYTES) {
            throw new IllegalArgumentException(
                    "entry of " + value.length + " bytes (expected: at most " + Cluster.MAX_ENTRY_BYTES + ")");
        }
        return value;
    }

    static IllegalStateException tooManyEntries() {
        return new IllegalStateException(
                "there are " + Cluster.MAX_ENTRIES + " shared entries already: remove some first");
    }
}
