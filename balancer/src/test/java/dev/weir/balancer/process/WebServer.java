package dev.weir.balancer.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A backend that this project did not write: the JDK's own {@code jwebserver}, serving one file that tells its name. */
final class WebServer implements AutoCloseable {
    private final Path directory;
    private final int port;
    private RunningProcess process;

    WebServer(Path parent, String name) {
        try {
            directory = Files.createDirectories(parent.resolve(name));
            Files.writeString(directory.resolve("name.txt"), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = start(0);
        port = Integer.parseInt(process.awaitLine("port (\\d+)").group(1));
    }

    private RunningProcess start(int onPort) {
        return new RunningProcess(
                directory,
                List.of(
                        RunningProcess.jdk("jwebserver"),
                        "-b",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(onPort),
                        "-o",
                        "none",
                        "-d",
                        directory.toString()));
    }

    int port() {
        return port;
    }

    /** {@code kill -9}. */
    void kill() {
        process.kill();
    }

    /** On the same port again. */
    void startAgain() {
        process.close();
        process = start(port);
        process.awaitLine("port (\\d+)");
    }

    @Override
    public void close() {
        process.close();
    }
}
