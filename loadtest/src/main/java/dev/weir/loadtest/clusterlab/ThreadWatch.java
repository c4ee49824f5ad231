package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.process.ProcStat;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How much CPU each thread of each process uses ({@code /proc/PID/task/TID/stat}, proc(5)), over a sliding window: one that spins uses
 * all of a core. The JVM's compilers are left out, which have much to do now and then, and so are the first seconds of a process, in
 * which it loads its classes. Thread-safe.
 */
final class ThreadWatch implements AutoCloseable {
    static final Duration WINDOW = Duration.ofSeconds(3);

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int READINGS = 6;
    private static final List<String> COMPILERS = List.of("C1 Compiler", "C2 Compiler");

    private final Supplier<List<Watched>> processes;
    private final long windowNanos;
    private final Map<Path, Deque<Reading>> readings = new HashMap<>();
    private final Thread thread =
            Thread.ofPlatform().name("thread watch").daemon().unstarted(this::run);
    private @Nullable Busiest busiest;
    private volatile boolean closed;

    private record Reading(long nanos, long ticks) {}

    /**
     * A process.
     *
     * @param sinceNanos when it was started
     */
    record Watched(String name, long pid, long sinceNanos) {}

    /**
     * The busiest thread so far.
     *
     * @param share of a core, over the window
     * @param name as the kernel has it, and that of its process
     */
    record Busiest(double share, String name) {}

    /**
     * @param processes that there are now
     * @param window in production {@link #WINDOW}
     */
    ThreadWatch(Supplier<List<Watched>> processes, Duration window) {
        this.processes = processes;
        this.windowNanos = window.toNanos();
    }

    void start() {
        thread.start();
    }

    synchronized @Nullable Busiest busiest() {
        return busiest;
    }

    private void run() {
        while (!closed) {
            for (Watched each : processes.get()) {
                if (System.nanoTime() - each.sinceNanos >= START_NANOS) {
                    read(each);
                }
            }
            LockSupport.parkNanos(windowNanos / READINGS);
        }
    }

    private void read(Watched process) {
        Path tasks = Path.of("/proc", Long.toString(process.pid), "task");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                readTask(process, task.resolve("stat"));
            }
        } catch (IOException | DirectoryIteratorException e) {
            // it has ended
        }
    }

    private void readTask(Watched process, Path file) {
        String stat;
        try {
            stat = Files.readString(file);
        } catch (IOException e) {
            readings.remove(file); // it has ended
            return;
        }
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        if (COMPILERS.stream().noneMatch(name::startsWith)) {
            add(file, new Reading(System.nanoTime(), ProcStat.processTicks(stat)), name + " (" + process.name + ")");
        }
    }

    private void add(Path file, Reading now, String name) {
        Deque<Reading> window = readings.computeIfAbsent(file, key -> new ArrayDeque<>());
        window.addLast(now);
        while (window.size() > 2 && now.nanos - second(window).nanos >= windowNanos) {
            window.removeFirst();
        }
        Reading first = window.getFirst();
        if (now.nanos - first.nanos >= windowNanos) {
            double seconds = (double) (now.ticks - first.ticks) / ProcStat.TICKS_PER_SECOND;
            rank(new Busiest(seconds * 1e9 / (now.nanos - first.nanos), name));
        }
    }

    private static Reading second(Deque<Reading> window) {
        return window.stream().skip(1).findFirst().orElseThrow();
    }

    private synchronized void rank(Busiest other) {
        if (busiest == null || other.share > busiest.share) {
            busiest = other;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
