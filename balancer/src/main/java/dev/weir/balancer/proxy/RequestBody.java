package dev.weir.balancer.proxy;

import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request's body that may be sent once more: all of it, up to a limit. Beyond the limit it is kept only until
 * a connection stands, and then let go. Confined to an event loop.
 */
final class RequestBody {
    /** A kept part costs its objects too: a body in chunks of a byte each would take a hundred times the limit. */
    private static final int MAX_PARTS = 256;

    private final int limit;
    private @Nullable ArrayDeque<HttpContent> kept;
    private long keptBytes;
    private boolean replayable = true;

    /** @param limit bytes */
    RequestBody(int limit) {
        this.limit = limit;
    }

    /** A part has come that no connection can take yet; takes over its reference. */
    void hold(HttpContent part) {
        if (kept == null) {
            kept = new ArrayDeque<>(4);
        }
        kept.add(part);
        keptBytes += part.content().readableBytes();
    }

    /** Whether no more should be held for now. */
    boolean isFull() {
        return keptBytes > limit || (kept != null && kept.size() > MAX_PARTS);
    }

    /** A part is going out: keeps it for another attempt if it fits. The caller keeps its reference. */
    void sending(HttpContent part) {
        if (replayable
                && keptBytes + part.content().readableBytes() <= limit
                && (kept == null || kept.size() < MAX_PARTS)) {
            hold(part.retainedDuplicate());
        } else {
            giveUp();
        }
    }

    /** Sends what is kept, for the first time or once more. */
    void sendTo(UpstreamConnection connection) {
        ArrayDeque<HttpContent> parts = kept;
        if (parts == null) {
            return;
        }
        for (HttpContent part : parts) {
            connection.write(part.retainedDuplicate(), part.content().readableBytes());
        }
        if (isFull()) {
            giveUp(); // too much to be kept beyond this attempt
        }
    }

    /** Bytes that are kept at present. */
    long keptBytes() {
        return keptBytes;
    }

    /** Whether all that has come so far can be sent again. */
    boolean isReplayable() {
        return replayable;
    }

    /** No further attempt will be made. */
    void giveUp() {
        replayable = false;
        ArrayDeque<HttpContent> parts = kept;
        kept = null;
        keptBytes = 0;
        if (parts != null) {
            parts.forEach(HttpContent::release);
        }
    }
}
