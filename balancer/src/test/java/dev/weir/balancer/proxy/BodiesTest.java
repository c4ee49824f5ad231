package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bytes that come out are the bytes that went in: random bodies from nothing to 8 MB, with a length and chunked, cut
 * into pieces at random, both ways at a time. How many, over all transports, can be told by the system property
 * {@code weir.bodies}.
 */
class BodiesTest {
    private static final int COUNT = Integer.getInteger("weir.bodies", 1_000);
    private static final int CLIENTS = 4;
    private static final int LARGEST = 8 * 1024 * 1024;

    /** Sizes at which buffers and limits begin and end. */
    private static final int[] EDGES = {0, 1, 8_191, 8_192, 65_535, 65_536, 65_537, LARGEST};

    /** Every body is a slice of this. */
    private static final byte[] SOURCE = new byte[2 * LARGEST];

    static {
        random(0).nextBytes(SOURCE);
    }

    private static RandomGenerator random(int seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** A body, and how it is sent. The same number always gives the same. */
    private static final class Body {
        private final RandomGenerator random;
        private final int offset;
        private final int size;
        private final boolean chunked;

        Body(int number) {
            random = random(number);
            offset = random.nextInt(LARGEST);
            // each order of magnitude as often as any other
            size = number < EDGES.length ? EDGES[number] : (int) Math.pow(2, random.nextDouble(23));
            chunked = random.nextBoolean();
        }

        /** Byte by byte, which is more than any sum could tell. */
        boolean is(byte[] bytes) {
            return Arrays.equals(SOURCE, offset, offset + size, bytes, 0, bytes.length);
        }

        String framing() {
            return chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + size + "\r\n\r\n";
        }

        void send(Sender out) throws IOException {
            for (int sent = 0; sent < size; ) {
                int piece = Math.min(size - sent, 1 + random.nextInt(100_000));
                if (chunked) {
                    out.send((Integer.toHexString(piece) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                }
                byte[] bytes = new byte[piece];
                System.arraycopy(SOURCE, offset + sent, bytes, 0, piece);
                out.send(bytes);
                if (chunked) {
                    out.send("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                sent += piece;
            }
            if (chunked) {
                out.send("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    @FunctionalInterface
    private interface Sender {
        void send(byte[] bytes) throws IOException;
    }

    /** Answers a request for {@code /n} with body number -n, and tells whether what it got was body number n. */
    private static final RawBackend.Behaviour COMPARING = connection -> {
        while (true) {
            RawBackend.Request request = connection.readRequest();
            if (request.head().isEmpty()) {
                return;
            }
            int number =
                    Integer.parseInt(request.head().substring(5, request.head().indexOf(' ', 5)));
            byte[] got = request.body().getBytes();
            Body body = new Body(Integer.MAX_VALUE - number);
            boolean chunked = request.head().toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n");
            connection.send("HTTP/1.1 200 OK\r\nX-Same: " + new Body(number).is(got) + "\r\nX-Chunked: " + chunked
                    + "\r\n" + body.framing());
            body.send(connection::send);
        }
    };

    @ParameterizedTest
    @CsvSource({"NIO,0", "EPOLL,1", "IO_URING,2"})
    void everyBodyArrivesAsItWasSent(Sockets sockets, int third) throws Exception {
        sockets.assumeAvailable();
        int first = third * COUNT / 3;
        int end = (third + 1) * COUNT / 3;
        AtomicInteger next = new AtomicInteger(first);
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        try (RawBackend backend = RawBackend.that(COMPARING);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .eventLoops(2)
                        .start()) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    try (RawClient client = new RawClient(proxy.port())) {
                        for (int n = next.getAndIncrement(); n < end; n = next.getAndIncrement()) {
                            exchange(client, n, wrong);
                        }
                    } catch (IOException e) {
                        wrong.add(e.toString());
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static void exchange(RawClient client, int number, Queue<String> wrong) throws IOException {
        Body sent = new Body(number);
        client.send("PUT /" + number + " HTTP/1.1\r\nHost: a\r\n" + sent.framing());
        sent.send(client::send);
        RawClient.Response got = client.read();
        Body expected = new Body(Integer.MAX_VALUE - number);
        byte[] body = got.body().getBytes();
        if (!"true".equals(got.field("x-same"))
                || !String.valueOf(sent.chunked).equals(got.field("x-chunked"))
                || expected.chunked != (got.field("transfer-encoding") != null)
                || !got.complete()
                || !expected.is(body)) {
            wrong.add("body " + number + " of " + sent.size + " bytes; answered with " + expected.size + " bytes");
        }
    }
}
