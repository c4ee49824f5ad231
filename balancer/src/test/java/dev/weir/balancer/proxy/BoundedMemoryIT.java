package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gigabyte through a process with a heap of 128 MB, while the receiver is slower than the sender. */
final class BoundedMemoryIT {
    private static final long GIGABYTE = 1L << 30;
    private static final int PIECE = 256 * 1024;

    /** Bytes between sender and receiver: in the kernel's buffers of four sockets, which may grow to dozens of megabytes. */
    private static final long MOST_UNDER_WAY = 128L << 20;

    private static final byte[] SOURCE = new byte[2 * PIECE];

    static {
        RandomGeneratorFactory.of("L64X128MixRandom").create(1).nextBytes(SOURCE);
    }

    private static final Pattern PORT = Pattern.compile("listening on 127\\.0\\.0\\.1:0, port ([0-9]+)");

    @TempDir
    private Path directory;

    private final Transfer transfer = new Transfer();
    private RawBackend backend;
    private Process process;
    private int port;

    /** What goes through, and whether it is the same on both sides. */
    private static final class Transfer {
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong received = new AtomicLong();
        private final AtomicLong mostUnderWay = new AtomicLong();
        private final CRC32C sentSum = new CRC32C();
        private final CRC32C receivedSum = new CRC32C();

        /** Each one differs from the one before, so that nothing can be lost or swapped unnoticed. */
        byte[] nextPiece() {
            int number = (int) (sent.get() / PIECE);
            byte[] piece = Arrays.copyOfRange(SOURCE, number, number + PIECE);
            sentSum.update(piece);
            return piece;
        }

        void sent() {
            long total = sent.addAndGet(PIECE);
            mostUnderWay.accumulateAndGet(total - received.get(), Math::max);
        }

        boolean allSent() {
            return sent.get() == GIGABYTE;
        }

        /** Waits first, so that the sender is ahead, and again and again. */
        void receive(InputStream in) throws IOException {
            byte[] buffer = new byte[PIECE];
            long pauseAt = 0;
            while (received.get() < GIGABYTE) {
                if (received.get() >= pauseAt) {
                    Await.pass(Duration.ofMillis(50));
                    pauseAt += GIGABYTE / 16;
                }
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, GIGABYTE - received.get()));
                if (count < 0) {
                    return;
                }
                receivedSum.update(buffer, 0, count);
                received.addAndGet(count);
            }
        }

        void assertComplete() {
            assertThat(received.get()).isEqualTo(GIGABYTE);
            assertThat(receivedSum.getValue()).isEqualTo(sentSum.getValue());
            assertThat(mostUnderWay.get()).as("bytes under way at a time").isLessThan(MOST_UNDER_WAY);
        }
    }

    @BeforeEach
    void startTheBackend() {
        backend = RawBackend.that(connection -> {
            while (true) {
                String head = connection.readHead();
                if (head.startsWith("GET")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + GIGABYTE + "\r\n\r\n");
                    while (!transfer.allSent()) {
                        connection.send(transfer.nextPiece());
                        transfer.sent();
                    }
                } else if (head.startsWith("PUT")) {
                    transfer.receive(connection.in());
                    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                } else {
                    return;
                }
            }
        });
    }

    @AfterEach
    void endAll() throws InterruptedException {
        process.destroyForcibly().waitFor();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "auto"})
    void aGigabyteGoesEitherWayHoweverSlowTheReceiver(String transport) throws Exception {
        start(transport);
        try (RawClient client = new RawClient(port)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            transfer.receive(client.in());
            transfer.assertComplete();
        }
        transfer.sent.set(0);
        transfer.received.set(0);
        transfer.mostUnderWay.set(0);
        transfer.sentSum.reset();
        transfer.receivedSum.reset();
        try (RawClient client = new RawClient(port)) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + GIGABYTE + "\r\n\r\n");
            while (!transfer.allSent()) {
                client.send(transfer.nextPiece());
                transfer.sent();
            }
            assertThat(client.read().status()).isEqualTo(204);
            transfer.assertComplete();
        }
        assertThat(process.isAlive()).isTrue();
        assertThat(Files.readString(directory.resolve("err"))).doesNotContain("Exception", "Error");
    }

    private void start(String transport) throws IOException {
        Path file = Files.writeString(directory.resolve("weir.yaml"), """
                listeners: [ { address: "127.0.0.1:0" } ]
                admin: { address: "127.0.0.1:0" }
                transport: %s
                pools: { shop: { backends: [ "http://127.0.0.1:%d" ] } }
                """.formatted(transport, backend.port()));
        Path err = directory.resolve("err");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "--sun-misc-unsafe-memory-access=allow", "-jar"));
        command.add(Path.of(System.getProperty("weir.jar")).toAbsolutePath().toString());
        command.addAll(List.of("run", "--config", file.toString()));
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(err.toFile())
                .start();
        port = Await.until(
                () -> {
                    try {
                        Matcher matcher = PORT.matcher(Files.readString(err));
                        return matcher.find() ? Integer.valueOf(matcher.group(1)) : null;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "the balancer says where it listens");
    }
}
