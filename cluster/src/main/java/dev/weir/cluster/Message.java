package dev.weir.cluster;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells all others at once. Its parts are heeded in their order: first the range, then the changes.
 *
 * @param sender who says so
 * @param sequence 1 for the first message of an incarnation, one more for each after it
 * @param configuration hash of the configuration that the sender works by; 0 if it does not tell
 * @param heartbeatMillis it will speak again within this time
 * @param leaseMillis it is gone when it did not speak for this time
 * @param parting how much longer it stays
 * @param wanted nodes of which the sender does not know all records: they should tell them
 * @param range null: none
 * @param changed records that changed
 * @param removed keys of records that are no more, ascending
 * @param entries shared entries
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Message(
        Identity sender,
        long sequence,
        long configuration,
        int heartbeatMillis,
        int leaseMillis,
        Parting parting,
        List<UUID> wanted,
        @Nullable Range range,
        Records changed,
        long[] removed,
        List<Told> entries) {

    static final long[] NO_KEYS = {};

    enum Parting {
        STAYS,
        /** It still speaks, but should not be counted on. */
        LEAVING,
        /** This was its last word. */
        GOODBYE
    }

    /**
     * All records of the sender whose keys lie within: what is not there does not exist. A node tells all of its records by
     * ranges that follow each other from {@link Long#MIN_VALUE} to {@link Long#MAX_VALUE}.
     *
     * @param first lowest key, inclusive
     * @param last highest key, inclusive
     */
    record Range(long first, long last, Records records) {}

    /**
     * A shared entry.
     *
     * @param value null: it was removed
     * @param removedSeconds how long ago; 0 if it was not
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Told(String name, byte @Nullable [] value, long version, UUID author, int removedSeconds) {}
}
