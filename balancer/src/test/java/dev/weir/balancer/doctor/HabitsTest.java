package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Sizes of heads, keep-alive, latency: what a backend does that answers. */
final class HabitsTest {
    private static Report examine(RawServer server) {
        try (server) {
            return Examine.http(server.port());
        }
    }

    private static Report watchIdle(Duration idleProbe, RawServer server) {
        try (server) {
            return Examine.url("http://127.0.0.1:" + server.port())
                    .idleProbe(idleProbe)
                    .report();
        }
    }

    @Test
    void largeRequestHeadsAreTriedUntilOneIsRefused() {
        Report all = examine(RawServer.answering(RawServer.OK));
        assertThat(Examine.stage(all, Stage.HEAD_SIZE).facts()).containsEntry("request_head_kb", 32);
        Report some = examine(RawServer.scripted(head -> head.length() > 5000
                ? "HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\n\r\n"
                : RawServer.fitting(head, RawServer.OK)));
        assertThat(Examine.complaints(some)).containsExactly("head-size/request-head-size");
        assertThat(Examine.finding(some, Stage.HEAD_SIZE, "request-head-size").text())
                .startsWith("It takes a request head of 4 KB; a request head of 8 KB is answered with 431");
    }

    @Test
    void aBackendThatResetsLargeRequestHeadsIsTold() {
        Report report = examine(
                RawServer.scripted(head -> head.length() > 3000 ? null : RawServer.fitting(head, RawServer.OK)));
        assertThat(Examine.finding(report, Stage.HEAD_SIZE, "request-head-size").text())
                .startsWith("Already a request head of 4 KB is answered with the end of the connection");
    }

    @Test
    void largeResponseHeadsAreComparedWithTheLimitsOfProxies() {
        assertThat(Examine.complaints(examine(RawServer.answering(head(9))))).isEmpty();
        assertThat(Examine.complaints(examine(RawServer.answering(head(20)))))
                .containsExactly("head-size/response-head-size");
        Report tooLarge = examine(RawServer.answering(head(70)));
        assertThat(tooLarge.severity()).isEqualTo(Severity.PROBLEM);
        assertThat(Examine.finding(tooLarge, Stage.HEAD_SIZE, "response-head-size")
                        .text())
                .contains("most of it Set-Cookie (70 KB)");
    }

    private static String head(int kilobytes) {
        return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: " + "c".repeat(kilobytes * 1024) + "\r\n\r\n";
    }

    @Test
    void aConnectionThatIsClosedWithoutAWordIsAWarning() {
        assertThat(Examine.complaints(examine(RawServer.answeringOnce(RawServer.OK))))
                .containsExactly("keep-alive/closes-unannounced");
    }

    @Test
    void aConnectionThatIsNotKeptIsAWarning() {
        Report report =
                examine(RawServer.answeringOnce("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
        assertThat(Examine.complaints(report)).containsExactly("keep-alive/not-kept");
        assertThat(Examine.stage(report, Stage.KEEP_ALIVE).facts()).containsEntry("kept", false);
    }

    @Test
    void theIdleTimeoutIsMeasured() {
        Report report = watchIdle(Duration.ofSeconds(10), RawServer.doing(socket -> {
            socket.setSoTimeout(700); // as servers do: the read of the next request gives up
            try {
                for (String head = RawServer.requestHead(socket); head != null; head = RawServer.requestHead(socket)) {
                    RawServer.send(socket, RawServer.fitting(head, RawServer.OK));
                }
            } catch (java.net.SocketTimeoutException _) { // closes in silence
            }
        }));
        assertThat(Examine.complaints(report)).containsExactly("keep-alive/idle-timeout");
        assertThat((double) Examine.stage(report, Stage.KEEP_ALIVE).facts().get("idle_timeout_s"))
                .isBetween(0.5, 5.0);
    }

    @Test
    void anIdleTimeoutThatComesEarlierThanAnnouncedIsTold() {
        Report report = watchIdle(Duration.ofSeconds(10), RawServer.doing(socket -> {
            socket.setSoTimeout(700);
            try {
                while (RawServer.requestHead(socket) != null) {
                    RawServer.send(socket, "HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5, max=100\r\n\r\n");
                }
            } catch (java.net.SocketTimeoutException _) { // closes in silence
            }
        }));
        assertThat(Examine.complaints(report)).containsExactly("keep-alive/idle-timeout-earlier");
        assertThat(Examine.stage(report, Stage.KEEP_ALIVE).facts())
                .containsEntry("announced_timeout_s", 5)
                .containsEntry("announced_max", 100);
    }

    @Test
    void whoSpeaksOnAnIdleConnectionIsTold() {
        Report report = watchIdle(Duration.ofSeconds(10), RawServer.doing(socket -> {
            socket.setSoTimeout(700);
            try {
                for (String head = RawServer.requestHead(socket); head != null; head = RawServer.requestHead(socket)) {
                    RawServer.send(socket, RawServer.fitting(head, RawServer.OK));
                }
            } catch (java.net.SocketTimeoutException _) {
                RawServer.send(socket, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
            }
        }));
        assertThat(Examine.complaints(report)).containsExactly("keep-alive/speaks-when-idle");
    }

    @Test
    void aConnectionThatStaysOpenIsWell() {
        Report report = watchIdle(Duration.ofMillis(300), RawServer.answering(RawServer.OK));
        assertThat(Examine.complaints(report)).isEmpty();
        assertThat(Examine.finding(report, Stage.KEEP_ALIVE, "idle").text())
                .containsPattern("still open after ([3-9][0-9]{2} ms|[0-9.]+ s)");
    }

    @Test
    void aBackendThatFailsNowAndThenIsFound() {
        AtomicInteger connections = new AtomicInteger();
        try (RawServer server = RawServer.doing(socket -> {
            boolean bad = connections.incrementAndGet() > 15 && connections.get() % 2 == 0;
            for (String head = RawServer.requestHead(socket); head != null && !bad; ) {
                RawServer.send(socket, RawServer.fitting(head, RawServer.OK));
                head = RawServer.requestHead(socket);
            }
        })) {
            Report report = Examine.url("http://127.0.0.1:" + server.port())
                    .requests(12)
                    .report();
            assertThat(Examine.finding(report, Stage.LATENCY, "some-fail").text())
                    .contains(" of 12 requests in a row failed");
        }
    }

    @Test
    void quantilesAreByNearestRank() {
        Spread spread = Spread.of(
                java.util.stream.LongStream.rangeClosed(1, 100).boxed().toList());
        assertThat(spread).isEqualTo(new Spread(100, 1, 50, 99, 100));
        assertThat(Spread.of(java.util.List.of(7L))).isEqualTo(new Spread(1, 7, 7, 7, 7));
    }
}
