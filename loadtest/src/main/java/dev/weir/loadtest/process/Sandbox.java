package dev.weir.loadtest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A temporary directory and the processes that work in it. Both are gone once this is closed, and at the latest when this
 * JVM ends, by whatever signal allows it to run its shutdown hooks. Safe for use by several threads: the hook is one.
 */
public final class Sandbox implements AutoCloseable {
    /** For processes to end by themselves once told to; after that they are killed. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::destroy, "sandbox-cleanup");
    private boolean closed;

    private Sandbox(Path directory) {
        this.directory = directory;
    }

    public static Sandbox open() {
        try {
            Path directory = Files.createTempDirectory("weir-loadtest-");
            // nginx started by root gives up root in its workers, which then need to pass through here
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            Sandbox sandbox = new Sandbox(directory);
            Runtime.getRuntime().addShutdownHook(sandbox.hook);
            return sandbox;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary directory", e);
        }
    }

    public Path directory() {
        return directory;
    }

    public Path write(String file, String content) {
        try {
            return Files.writeString(directory.resolve(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    public Path output(String name) {
        return directory.resolve(name + ".out");
    }

    /** Starts a process that can run on one core only; its output goes to {@link #output}. */
    public Process start(String name, int core, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of(Tool.TASKSET.path(), "-c", Integer.toString(core)));
        pinned.addAll(command);
        return start(name, pinned);
    }

    /** Starts a process; its output goes to {@link #output}. */
    public synchronized Process start(String name, List<String> command) {
        if (closed) {
            throw new MeasurementException("interrupted");
        }
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    // appended to, so that truncating the file in between leaves no hole
                    .redirectOutput(Redirect.appendTo(output(name).toFile()))
                    .start();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new MeasurementException("cannot start " + String.join(" ", command), e);
        }
    }

    /** The last few lines that a process wrote, for an error message. */
    public String lastWordsOf(String name) {
        try (Stream<String> lines = Files.lines(output(name))) {
            List<String> all = lines.toList();
            return String.join(System.lineSeparator(), all.subList(Math.max(0, all.size() - 15), all.size()));
        } catch (IOException e) {
            return "(no output: " + e.getMessage() + ")";
        }
    }

    /** Empties a file that one of the processes appends to, if it exists. */
    public void truncate(Path file) {
        if (Files.exists(file)) {
            try {
                Files.newByteChannel(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot truncate " + file, e);
            }
        }
    }

    @Override
    public void close() {
        destroy();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is already shutting down: the hook runs, or has run, and finds nothing left to do
        }
    }

    private synchronized void destroy() {
        if (closed) {
            return;
        }
        closed = true;
        List<ProcessHandle> all = processes.stream()
                .flatMap(process -> Stream.concat(Stream.of(process.toHandle()), process.descendants()))
                .toList();
        processes.forEach(Process::destroy);
        long deadline = System.nanoTime() + GRACE.toNanos();
        while (all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
            Pause.brief();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        deleteDirectory();
    }

    private void deleteDirectory() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("cannot remove " + directory + ": " + e);
        }
    }
}
