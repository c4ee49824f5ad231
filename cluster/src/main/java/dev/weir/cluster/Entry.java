package dev.weir.cluster;

import static java.util.Objects.requireNonNull;

import java.util.UUID;

/** The value of a shared entry. Of two, the one that with the higher version holds, on all nodes. */
public final class Entry {
    private final byte[] value;
    private final long version;
    private final UUID author;

    Entry(byte[] value, long version, UUID author) {
        this.value = requireNonNull(value, "value");
        this.version = version;
        this.author = requireNonNull(author, "author");
    }

    /** Not to be changed. */
    public byte[] value() {
        return value;
    }

    /**
     * Higher than that of every entry that its author knew of. About the time of writing, in milliseconds since the epoch: a
     * hint for people, and for which of two wins that were written during a partition.
     */
    public long version() {
        return version;
    }

    /** The {@linkplain Identity#id id} of the node that wrote it. */
    public UUID author() {
        return author;
    }

    @Override
    public String toString() {
        return value.length + " bytes, version " + version + " by " + author;
    }
}
