package dev.weir.balancer.health;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body to its end, but keeps its first 64 KB only, so that memory stays bounded. Ends a body of more than 1 MB:
 * whoever sends so much has been given the wrong path to check.
 */
final class BodyStart implements BodyStream<String> {
    private static final int KEPT_BYTES = 64 * 1024;
    private static final int MOST_BYTES = 1024 * 1024;

    private final Buffer kept = Buffer.buffer();
    private final Promise<String> result = Promise.promise();
    private int bytes;

    /** A body was over the limit. */
    static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        private TooLong() {
            super("body of more than 1 MB", null, false, false);
        }
    }

    @Override
    public Future<Void> write(Buffer part) {
        bytes += part.length();
        if (bytes > MOST_BYTES) {
            return Future.failedFuture(new TooLong());
        }
        kept.appendBuffer(part, 0, Math.min(part.length(), KEPT_BYTES - kept.length()));
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        result.tryComplete(kept.toString(StandardCharsets.UTF_8));
        return Future.succeededFuture();
    }

    @Override
    public void handle(Throwable failure) {
        result.tryFail(failure);
    }

    @Override
    public Future<String> result() {
        return result.future();
    }

    // What is written is taken at once: there is no queue, and nothing to wait for.

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public BodyStart setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public BodyStart drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }

    @Override
    public BodyStart exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }
}
