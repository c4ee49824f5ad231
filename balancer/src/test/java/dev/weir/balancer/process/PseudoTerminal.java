package dev.weir.balancer.process;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A shell command on a terminal of its own, by {@code script} of util-linux, with what it writes there at hand. */
final class PseudoTerminal implements AutoCloseable {
    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final StringBuilder screen = new StringBuilder(); // guarded by itself

    PseudoTerminal(String command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString(), "-q", "-e", "-f", "-c", command, "/dev/null")
                .redirectErrorStream(true);
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::read);
    }

    static boolean isAvailable() {
        return Files.isExecutable(SCRIPT);
    }

    private void read() {
        byte[] bytes = new byte[8_192];
        try (InputStream in = process.getInputStream()) {
            for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
                synchronized (screen) {
                    screen.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // the process was killed
        }
    }

    /** Everything so far, with all that commands the terminal. */
    String written() {
        synchronized (screen) {
            return screen.toString();
        }
    }

    void awaitText(String text) {
        Await.until(PATIENCE, () -> written().contains(text) ? true : null, () -> text + " in:\n" + written());
    }

    void type(String keys) {
        try {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.ISO_8859_1));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the processes that run there, those of that program. */
    List<ProcessHandle> running(String program) {
        return process.descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/" + program))
                .toList();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
