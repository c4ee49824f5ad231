package dev.weir.balancer.process;

import dev.weir.balancer.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of a test's own, with its output at hand. Ends with the test, whatever happens. */
class RunningProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private final Thread reaper;

    /** @param command with standard output and standard error as one */
    RunningProcess(Path directory, List<String> command) {
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader = Thread.ofPlatform().daemon().start(this::read);
        reaper = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /** The tool of the JDK that runs the tests. */
    static String jdk(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            // the process was killed
        }
    }

    /** Everything that it printed so far. */
    List<String> output() {
        return output;
    }

    /** Waits for a line that contains the pattern, and returns its groups. */
    Matcher awaitLine(String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        return Await.until(
                PATIENCE,
                () -> {
                    for (String line : output) {
                        Matcher matcher = wanted.matcher(line);
                        if (matcher.find()) {
                            return matcher;
                        }
                    }
                    if (!process.isAlive()) {
                        throw new AssertionError("ended with " + process.exitValue() + " and without a line like "
                                + pattern + ":\n" + String.join("\n", output));
                    }
                    return null;
                },
                () -> "a line like " + pattern + " among:\n" + String.join("\n", output));
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    void signal(String name) {
        try {
            int failed = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (failed != 0) {
                throw new AssertionError("kill -" + name + " ended with " + failed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL; returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        exitValue();
    }

    /** Waits for the end. */
    int exitValue() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still alive:\n" + String.join("\n", output));
            }
            reader.join(PATIENCE);
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(reaper);
    }
}
