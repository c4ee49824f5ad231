package dev.weir.balancer.proxy;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's end of the access log: formats JSON, one line a request, and hands it to the {@link AccessLogWriter}.
 * Formatting allocates nothing, and handing over never blocks: when the writer cannot keep up, lines are dropped and
 * counted.
 *
 * <p>Thread: one event loop, always the same.
 */
public final class AccessLog {
    private final @Nullable LineRing ring;
    private final JsonLine json = new JsonLine();
    private final UtcTimestamp timestamp = new UtcTimestamp();
    private final LongSupplier epochMillis;
    private final boolean query;
    private final Line line = new Line();

    /**
     * @param ring null: nothing is logged
     * @param query whether URLs are logged with their queries
     */
    AccessLog(@Nullable LineRing ring, LongSupplier epochMillis, boolean query) {
        this.ring = ring;
        this.epochMillis = epochMillis;
        this.query = query;
    }

    /** Whether lines go anywhere; if not, nobody needs to build one. */
    public boolean enabled() {
        return ring != null;
    }

    /** A URL as it is logged: with its query, or without. */
    @Nullable
    CharSequence shown(@Nullable CharSequence url) {
        if (query || url == null) {
            return url;
        }
        for (int i = 0; i < url.length(); i++) {
            if (url.charAt(i) == '?') {
                return url.subSequence(0, i);
            }
        }
        return url;
    }

    /**
     * Begins a line with the field {@code time}, now. A line that was begun and not ended is forgotten.
     *
     * @return the same object each time
     */
    public Line begin() {
        json.clear();
        json.open('{');
        json.name("time");
        json.timestamp(timestamp.at(epochMillis.getAsLong()));
        return line;
    }

    /**
     * A line in the making. Fields appear in the order of the calls. Names are plain ASCII constants without quotes,
     * backslashes or control characters.
     */
    public final class Line {
        private Line() {}

        /**
         * A text. Null leaves the field out. Text of more than about {@value JsonLine#MAX_TEXT} bytes is cut and
         * ends in an ellipsis (U+2026); half a surrogate pair becomes U+FFFD.
         */
        public Line text(String name, @Nullable CharSequence value) {
            if (value != null) {
                json.name(name);
                json.text(value);
            }
            return this;
        }

        public Line number(String name, long value) {
            json.name(name);
            json.number(value);
            return this;
        }

        /** Microseconds, rounded down, of a duration in nanoseconds. */
        public Line micros(String name, long nanos) {
            return number(name, nanos / 1_000);
        }

        public Line bool(String name, boolean value) {
            json.name(name);
            json.bool(value);
            return this;
        }

        /** Begins an array of objects. */
        public Line openArray(String name) {
            json.name(name);
            json.open('[');
            return this;
        }

        /** Begins an object in an array. */
        public Line openObject() {
            json.open('{');
            return this;
        }

        public Line closeObject() {
            json.close();
            return this;
        }

        public Line closeArray() {
            json.close();
            return this;
        }

        /** Ends the line, and whatever is still open in it, and hands it over. */
        public void end() {
            json.end();
            if (ring != null) {
                ring.offer(json);
            }
        }
    }
}
