package dev.weir.balancer.proxy;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A file that is appended to, and opened anew within a second of being renamed or deleted: rotation needs no signal.
 * Truncation by others ({@code copytruncate}) works as well, because of the append mode.
 */
final class LogFile implements LogSink {
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path path;
    private final LongSupplier nanoClock;
    private LogChannel channel;
    /** Device and inode of what is open. It cannot be reused for another file as long as it is open. */
    private @Nullable Object opened;

    /** Why the last check could not open the file anew. */
    private @Nullable IOException stale;

    private long nextCheckNanos;

    /** @throws IOException if the file can be neither opened nor created */
    LogFile(Path path, LongSupplier nanoClock) throws IOException {
        this.path = path;
        this.nanoClock = nanoClock;
        this.channel = open(path);
        this.opened = key(path);
        this.nextCheckNanos = nanoClock.getAsLong() + CHECK_NANOS;
    }

    @Override
    public void write(ByteBuffer[] lines) throws IOException {
        channel.write(lines);
    }

    /** @throws IOException if the path cannot be opened any more; then the file that it once named is written on */
    @Override
    public void tick() throws IOException {
        long now = nanoClock.getAsLong();
        if (now - nextCheckNanos >= 0) {
            nextCheckNanos = now + CHECK_NANOS;
            try {
                follow();
                stale = null;
            } catch (IOException e) {
                stale = e;
            }
        }
        if (stale != null) {
            throw stale;
        }
    }

    private void follow() throws IOException {
        Object present = key(path);
        if (present == null || !present.equals(opened)) {
            LogChannel previous = channel;
            channel = open(path);
            opened = key(path);
            previous.close();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A new file is for its owner and group alone: the log holds addresses of people. */
    private static LogChannel open(Path path) throws IOException {
        return new LogChannel(FileChannel.open(
                path,
                Set.of(CREATE, APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))));
    }

    /** @return null if there is no such file */
    private static @Nullable Object key(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException gone) {
            return null;
        }
    }
}
