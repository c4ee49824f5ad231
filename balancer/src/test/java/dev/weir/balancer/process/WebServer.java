package dev.weir.balancer.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A backend that this project did not write: the JDK's own {@code jwebserver}, serving one file that tells its name. */
final class WebServer implements AutoCloseable {
    private final Path directory;
    private final int port;
    private RunningProcess process;
    private Socket placeholder = new Socket();

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
                        "-J-XX:TieredStopAtLevel=1", // it lives for seconds
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

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}. Nobody else gets the port: the kernel gives none away that is bound, as source of a connection neither. */
    void kill() {
        process.kill();
        try {
            placeholder = new Socket();
            placeholder.setReuseAddress(true); // so does the server: both may have it, as long as only one listens
            placeholder.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On the same port again. */
    void startAgain() {
        process.close();
        process = start(port);
        process.awaitLine("port (\\d+)");
        letGo();
    }

    private void letGo() {
        try {
            placeholder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
        letGo();
    }
}
