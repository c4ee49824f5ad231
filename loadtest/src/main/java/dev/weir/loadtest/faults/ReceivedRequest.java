package dev.weir.loadtest.faults;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What came of a request, byte for byte. It grows while more comes; safe for use by several threads. */
public final class ReceivedRequest {
    /** Bytes that are kept of each. */
    public static final int KEPT = 128 * 1024;

    private final long connection;
    private final int number;
    private final KeptBytes room;
    private final StringBuilder raw = new StringBuilder();
    private final List<String> violations = new ArrayList<>();
    private long length;
    private int headLength = -1;
    private boolean complete;

    /** @param room for bodies; heads are kept in any case, for they are what the server answers to */
    ReceivedRequest(long connection, int number, KeptBytes room) {
        this.connection = connection;
        this.number = number;
        this.room = room;
    }

    /** Which of the server's connections brought it, counted from 1. */
    public long connection() {
        return connection;
    }

    /** Which of its connection's requests it is, counted from 1. 0: what came before the first one. */
    public int number() {
        return number;
    }

    /**
     * The first {@value #KEPT} bytes of what was read, one character for each byte; of the body less, if its server has
     * received too much before.
     */
    public synchronized String raw() {
        return raw.toString();
    }

    /** Bytes that were read, kept or not. */
    public synchronized long length() {
        return length;
    }

    /** Request line and fields with the empty line; if that has not come yet, what has come. */
    public synchronized String head() {
        return raw.substring(0, headLength < 0 ? raw.length() : Math.min(headLength, raw.length()));
    }

    /** As it came, with chunk framing, and at most as much as {@link #raw} has of it. */
    public synchronized String rawBody() {
        return headLength < 0 ? "" : raw.substring(Math.min(headLength, raw.length()));
    }

    /** Empty if none has come. */
    public String method() {
        return word(0);
    }

    /** Empty if none has come. */
    public String target() {
        return word(1);
    }

    /** All values of a field in order, without the blanks around them. */
    public List<String> values(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        List<String> values = new ArrayList<>();
        for (String line : head().split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(wanted)) {
                values.add(line.substring(colon + 1).strip());
            }
        }
        return values;
    }

    /** Whether all of it came and was read. */
    public synchronized boolean isComplete() {
        return complete;
    }

    /** What another server might have understood in another way; empty for a request that is beyond doubt. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    private String word(int index) {
        String[] words = head().split("\r?\n", 2)[0].split(" ", -1);
        return index < words.length ? words[index] : "";
    }

    synchronized void append(byte[] bytes, int offset, int count) {
        length += count;
        int kept = Math.min(count, KEPT - raw.length());
        if (headLength >= 0) {
            kept = room.take(kept);
        }
        if (kept > 0) {
            raw.append(new String(bytes, offset, kept, StandardCharsets.ISO_8859_1));
        }
    }

    synchronized void headEnds() {
        headLength = (int) Math.min(Integer.MAX_VALUE, length);
    }

    synchronized void ends() {
        complete = true;
    }

    synchronized void violates(String what) {
        violations.add(what);
    }

    @Override
    public String toString() {
        return "request " + number + " of connection " + connection + ": " + head().split("\r?\n", 2)[0];
    }
}
