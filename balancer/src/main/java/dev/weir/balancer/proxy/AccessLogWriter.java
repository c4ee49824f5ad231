package dev.weir.balancer.proxy;

import dev.weir.balancer.config.AccessLogConfig;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the access log: one thread that collects the lines of all event loops, at least every {@value #FLUSH_MILLIS} ms.
 * It alone waits for a slow disk or pipe; meanwhile {@value #RING_BYTES} bytes of lines are kept for each event loop, and
 * further ones are dropped and counted.
 */
public final class AccessLogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
    private static final int RING_BYTES = 1 << 20;
    private static final int FLUSH_MILLIS = 100;
    /** A stop does not wait longer than this for a sink that is stuck. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final LongSupplier epochMillis;
    private final boolean query;
    private final List<LineRing> rings = new CopyOnWriteArrayList<>();
    private final @Nullable Thread thread;
    private volatile boolean closing;
    /** Whether the last write failed; the writer thread's alone. */
    private boolean failing;

    private AccessLogWriter(@Nullable LogSink sink, LongSupplier epochMillis, boolean query) {
        this.epochMillis = epochMillis;
        this.query = query;
        this.thread = sink == null
                ? null
                : Thread.ofPlatform().name("weir-access-log").daemon().unstarted(() -> run(sink));
    }

    /**
     * Opens the log and starts its thread, if the log is on.
     *
     * @param epochMillis the wall clock, for the field {@code time}
     * @param nanoClock never goes back
     * @throws IOException if the file can be neither opened nor created; the message names the file and says why
     */
    public static AccessLogWriter open(AccessLogConfig config, LongSupplier epochMillis, LongSupplier nanoClock)
            throws IOException {
        AccessLogWriter writer = new AccessLogWriter(
                config.enabled() ? sink(config.path(), nanoClock) : null, epochMillis, config.query());
        if (writer.thread != null) {
            writer.thread.start();
        }
        return writer;
    }

    private static LogSink sink(String path, LongSupplier nanoClock) throws IOException {
        if (path.equals(AccessLogConfig.STDOUT)) {
            return new StandardOutput();
        }
        try {
            return new LogFile(Path.of(path), nanoClock);
        } catch (NoSuchFileException e) {
            throw new IOException("access log " + path + ": its directory does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException("access log " + path + ": cannot be opened for writing: permission denied", e);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.toString() : e.getReason();
            throw new IOException("access log " + path + ": cannot be opened for writing: " + reason, e);
        } catch (IOException e) {
            throw new IOException("access log " + path + ": cannot be opened for writing: " + e, e);
        }
    }

    /** A new end of the log, for one event loop. Any thread. */
    public AccessLog forEventLoop() {
        if (thread == null) {
            return new AccessLog(null, epochMillis, query);
        }
        LineRing ring = new LineRing(RING_BYTES, () -> LockSupport.unpark(thread));
        rings.add(ring);
        return new AccessLog(ring, epochMillis, query);
    }

    /** Lines that were dropped because the sink was too slow, or failed, or because they were absurdly long. Any thread. */
    public long droppedLines() {
        long sum = 0;
        for (LineRing ring : rings) {
            sum += ring.dropped();
        }
        return sum;
    }

    /**
     * Writes what is there and closes the file. Called once no event loop logs any more; later lines are lost. Blocks,
     * but no longer than two seconds.
     */
    @Override
    public void close() {
        if (thread == null) {
            return;
        }
        closing = true;
        LockSupport.unpark(thread);
        try {
            if (!thread.join(CLOSE_PATIENCE)) {
                LOG.warn("The access log's sink is stuck: its last lines are lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(LogSink sink) {
        boolean last;
        do {
            last = closing; // read before the lines, so that none which came before the close is missed
            if (!last) {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS));
            }
            flush(sink);
        } while (!last);
        try {
            sink.close();
        } catch (IOException e) {
            LOG.warn("The access log could not be closed: {}", e.toString());
        }
    }

    private void flush(LogSink sink) {
        Exception failure = null;
        try {
            sink.tick();
        } catch (IOException | RuntimeException e) { // a bug must not end the thread, and the log with it
            failure = e;
        }
        for (LineRing ring : rings) {
            try {
                ring.drainTo(sink);
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
        }
        report(failure);
    }

    /** Once for each failure that lasts, not ten times a second. */
    private void report(@Nullable Exception failure) {
        if (failure != null && !failing) {
            LOG.error("Access log: {}; lines that cannot be written are dropped and counted", failure.toString());
        } else if (failure == null && failing) {
            LOG.info("Access log: works again; {} lines were dropped so far", droppedLines());
        }
        failing = failure != null;
    }
}
