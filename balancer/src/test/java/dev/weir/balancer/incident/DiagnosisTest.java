package dev.weir.balancer.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryDecision;
import dev.weir.balancer.incident.Answer.Framing;
import dev.weir.balancer.incident.Dossier.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator is told, for each way to fail. */
final class DiagnosisTest {
    private static final String X = "10.0.3.7:8080";
    private static final PoolFacts POOL =
            Sample.pool(Sample.member(X, Map.of(), true), Sample.member("10.0.3.8:8080", Map.of(), true));

    @ParameterizedTest(name = "{0}")
    @MethodSource({"connecting", "sending", "answering", "streaming"})
    void theBackendTheEvidenceAndTheRemedyAreTold(String what, Cause cause, Sample sample, List<String> words) {
        Diagnosis diagnosis = Diagnosis.of(sample.dossier(), POOL);
        assertThat(diagnosis.cause()).as(what).isEqualTo(cause);
        assertThat(diagnosis.line()).contains(words).contains("10.0.3.7");
        assertThat(diagnosis.finding()).endsWith(".");
        assertThat(diagnosis.remedy()).endsWith(".").matches("[A-Z].*");
    }

    static Stream<Arguments> connecting() {
        return Stream.of(
                row(
                        "a process that is down",
                        Cause.REFUSED,
                        connecting(ProxyError.CONNECTION_REFUSED).waited(Duration.ofNanos(400_000)),
                        X
                                + " refused the connection within 0.4 ms: nothing listens there, or a firewall rejects (which cannot"
                                + " be told apart from here)",
                        "Is the process behind " + X + " up, and is that its port?",
                        "REJECT"),
                row(
                        "an address of which nobody knows whether it is still the right one",
                        Cause.REFUSED,
                        connecting(ProxyError.CONNECTION_REFUSED)
                                .detail("DNS is silent, and what was known 9 s ago could not be connected"),
                        "from here) (DNS is silent, and what was known 9 s ago could not be connected)."),
                row(
                        "a backend that never answered",
                        Cause.ALWAYS_REFUSED,
                        connecting(ProxyError.CONNECTION_REFUSED).neverAnswered(Duration.ofMinutes(3)),
                        "No connection to " + X + " ever succeeded since it was added 3 min ago",
                        "bind 0.0.0.0, not 127.0.0.1"),
                row(
                        "packets that are dropped",
                        Cause.CONNECT_TIMEOUT,
                        connecting(ProxyError.CONNECTION_TIMEOUT).waited(Duration.ofSeconds(1)),
                        "gave no answer at all to a connection attempt in 1.0 s: packets are dropped",
                        "firewall"),
                row(
                        "an accept queue that is full",
                        Cause.ACCEPT_QUEUE_FULL,
                        connecting(ProxyError.CONNECTION_TIMEOUT)
                                .waited(Duration.ofSeconds(1))
                                .load(3, 3)
                                .standing(2),
                        X + " is up (2 earlier connections to it open)",
                        "accept queue is full",
                        "`ss -lnt`"),
                row(
                        "connections that are all being opened",
                        Cause.CONNECT_TIMEOUT,
                        connecting(ProxyError.CONNECTION_TIMEOUT).load(1, 3),
                        "packets are dropped"),
                row(
                        "a backend that is checked down, among others that are",
                        Cause.REFUSED,
                        connecting(ProxyError.CONNECTION_REFUSED).failOpen(),
                        "It got the request since so few backends are usable (fail-open, panic-threshold): 2 of 2 are usable now"),
                row(
                        "a host that is gone",
                        Cause.HOST_UNREACHABLE,
                        connecting(ProxyError.DESTINATION_IP_UNROUTABLE).errno(113),
                        X + " cannot be reached (EHOSTUNREACH)",
                        "out of date"),
                row(
                        "a balancer without a route",
                        Cause.NO_ROUTE_TO_BACKEND,
                        connecting(ProxyError.DESTINATION_IP_UNROUTABLE).errno(101),
                        "This balancer's host has no route to " + X + " (ENETUNREACH)",
                        "`ip route get 10.0.3.7`"),
                row(
                        "a blackhole route",
                        Cause.NO_ROUTE_TO_BACKEND,
                        connecting(ProxyError.DESTINATION_IP_UNROUTABLE).errno(22),
                        "blackhole route"),
                row(
                        "source ports that ran out",
                        Cause.SOURCE_PORTS_EXHAUSTED,
                        connecting(ProxyError.PROXY_RESOURCES_EXHAUSTED)
                                .errno(99)
                                .load(1, 28_231),
                        "ran out of source ports to " + X + " (EADDRNOTAVAIL), with 28231 connections open",
                        "ip_local_port_range",
                        "The backend is not to blame."),
                row(
                        "source ports that ran out, by NIO",
                        Cause.SOURCE_PORTS_EXHAUSTED,
                        connecting(ProxyError.PROXY_RESOURCES_EXHAUSTED).thrown("BindException", "no number here"),
                        "ran out of source ports to " + X),
                row(
                        "file descriptors that ran out",
                        Cause.FILES_EXHAUSTED,
                        connecting(ProxyError.PROXY_RESOURCES_EXHAUSTED).errno(24),
                        "no file descriptor left to connect to " + X + " (EMFILE)",
                        "LimitNOFILE"),
                row(
                        "a name that nobody knows",
                        Cause.NAME_NOT_RESOLVED,
                        connecting(ProxyError.DNS_ERROR).detail("NXDOMAIN from 10.96.0.10"),
                        "There is no address for 10.0.3.7: NXDOMAIN from 10.96.0.10."),
                row(
                        "a resolver that is silent",
                        Cause.RESOLVER_SILENT,
                        connecting(ProxyError.DNS_TIMEOUT).waited(Duration.ofMillis(500)),
                        "did not answer for 10.0.3.7 in 500 ms",
                        "/etc/resolv.conf"),
                row(
                        "a connect that the kernel forbids",
                        Cause.CONNECT_FORBIDDEN,
                        connecting(ProxyError.PROXY_INTERNAL_ERROR).errno(13),
                        "The kernel forbids this balancer to connect to " + X + " (EACCES)",
                        "setsebool -P httpd_can_network_connect 1"),
                row(
                        "a backend that accepts and hangs up",
                        Cause.HUNG_UP_AT_ONCE,
                        Sample.failing(ProxyError.CONNECTION_TERMINATED).waited(Duration.ofMillis(2)),
                        X + " accepted the connection and hung up within 2.0 ms without a byte",
                        "connection limit"),
                row(
                        "a backend that hangs up and never answered",
                        Cause.HUNG_UP_AT_ONCE,
                        Sample.failing(ProxyError.CONNECTION_TERMINATED)
                                .waited(Duration.ofMillis(2))
                                .neverAnswered(Duration.ofSeconds(9)),
                        "it has never answered anything",
                        "PROXY protocol"));
    }

    static Stream<Arguments> sending() {
        return Stream.of(
                row(
                        "an upload that the backend hangs up on",
                        Cause.HUNG_UP_ON_UPLOAD,
                        Sample.failing(ProxyError.CONNECTION_TERMINATED)
                                .method("POST")
                                .in(Phase.REQUEST)
                                .sent(430 * 1024)
                                .body(8 << 20)
                                .decided(RetryDecision.BODY_NOT_KEPT),
                        X + " hung up after 430 KB of POST /pay",
                        "8 MB were sent already, and 64 KB are kept (retry.buffer)"),
                row(
                        "a backend that stops reading",
                        Cause.STOPPED_READING,
                        Sample.failing(ProxyError.CONNECTION_WRITE_TIMEOUT)
                                .method("POST")
                                .in(Phase.REQUEST)
                                .sent(430 * 1024)
                                .waited(Duration.ofSeconds(2)),
                        X + " took 430 KB of POST /pay, then stopped reading for 2.0 s",
                        "stuck handler"),
                row(
                        "a request head that is too large for the backend",
                        Cause.HUNG_UP_ON_LARGE_HEAD,
                        Sample.failing(ProxyError.CONNECTION_TERMINATED).head(6_246, "Cookie", 5_324),
                        "a request with a head of 6.1 KB, of which Cookie 5.2 KB",
                        "uWSGI: buffer-size"),
                row(
                        "a crash before the answer",
                        Cause.HUNG_UP,
                        Sample.failing(ProxyError.CONNECTION_TERMINATED)
                                .method("POST")
                                .waited(Duration.ofMillis(4_200))
                                .decided(RetryDecision.NOT_IDEMPOTENT),
                        X + " closed 4.2 s after receiving POST /pay without answering",
                        "Not tried again: the backend may have processed it, and POST is not idempotent.",
                        "out-of-memory kill"),
                row(
                        "the race for an idle connection",
                        Cause.STALE_CONNECTION,
                        Sample.failing(ProxyError.CONNECTION_TERMINATED)
                                .reusedAfter(Duration.ofMillis(4_980))
                                .keepAlive(Duration.ofSeconds(5))
                                .decided(RetryDecision.RETRIED)
                                .ended(Result.SAVED),
                        "just as it was reused (idle for 5.0 s; its keep-alive is 5.0 s)",
                        "Masked: another attempt was answered.",
                        "Raise the keep-alive time of " + X + " above connections.idle (60 s)"),
                row(
                        "an attempt that was answered, if not well",
                        Cause.REFUSED,
                        Sample.failing(ProxyError.CONNECTION_REFUSED)
                                .decided(RetryDecision.RETRIED)
                                .savedBy(408),
                        "Another attempt was answered, with 408."),
                row(
                        "a close after each answer that is not announced",
                        Cause.STALE_CONNECTION,
                        Sample.failing(ProxyError.CONNECTION_TERMINATED).reusedAfter(Duration.ofMillis(3)),
                        "closed a connection without an answer as it was reused, 3.0 ms after an answer on it",
                        "`Connection: close`"),
                row(
                        "a flow that a firewall forgot",
                        Cause.HALF_OPEN_CONNECTION,
                        Sample.failing(ProxyError.HTTP_RESPONSE_TIMEOUT)
                                .reusedAfter(Duration.ofMinutes(11))
                                .waited(Duration.ofSeconds(30)),
                        "No answer of " + X + " in 30 s on a connection that had been idle for 11 min",
                        "connections.idle"),
                row(
                        "no answer in time",
                        Cause.NO_ANSWER,
                        Sample.failing(ProxyError.HTTP_RESPONSE_TIMEOUT)
                                .waited(Duration.ofSeconds(30))
                                .load(41, 41),
                        X + " did not start answering GET /pay in 30 s; 41 requests in flight there",
                        "timeouts.response-head"));
    }

    static Stream<Arguments> answering() {
        return Stream.of(
                row(
                        "a head that breaks off",
                        Cause.HEAD_INCOMPLETE,
                        Sample.failing(ProxyError.HTTP_RESPONSE_INCOMPLETE).first("HTTP/1.1 200 OK\r\nContent-Le"),
                        X
                                + " died while writing its response's head (27 bytes came: `HTTP/1.1 200 OK\\r\\nContent-Le`)"),
                row(
                        "a head that drips",
                        Cause.HEAD_TOO_SLOW,
                        Sample.failing(ProxyError.HTTP_RESPONSE_TIMEOUT)
                                .received(50)
                                .waited(Duration.ofSeconds(10)),
                        "did not end its response's head: 50 bytes came in 10 s (5 bytes/s)."),
                row(
                        "TLS on the port",
                        Cause.SPEAKS_TLS,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR).first("\u0015\u0003\u0003\0\u0002\u0002F"),
                        X
                                + " speaks TLS on this port: it answered with a TLS alert (`\\x15\\x03\\x03\\x00\\x02\\x02F`)",
                        "plain HTTP"),
                row(
                        "a TLS handshake on the port",
                        Cause.SPEAKS_TLS,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR).first("\u0016\u0003\u0001"),
                        "a TLS handshake"),
                row(
                        "another protocol",
                        Cause.NOT_HTTP,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR).first("SSH-2.0-OpenSSH_9.2\r\n"),
                        "Port 8080 of 10.0.3.7 answered `SSH-2.0-OpenSSH_9.2`: not an HTTP server."),
                row(
                        "HTTP/2 from the first byte",
                        Cause.SPEAKS_HTTP2,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR)
                                .first("\0\0\u0006\u0004\0\0\0\0\0\0\u0003\0\0\0d"),
                        X + " answered in HTTP/2, without having been asked to (a SETTINGS frame: `\\x00\\x00\\x06",
                        "Enable HTTP/1.1"),
                row(
                        "another version of HTTP",
                        Cause.BAD_RESPONSE_HEAD,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR).first("HTTP/2.0 200 OK\r\n"),
                        "not valid HTTP",
                        "`HTTP/2.0 200 OK"),
                row(
                        "a name that is almost HTTP's",
                        Cause.NOT_HTTP,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR).first("HTP/1.1 200 OK\r\n\r\n"),
                        "answered `HTP/1.1 200 OK`"),
                row(
                        "a status that there is not",
                        Cause.BAD_STATUS,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR).first("HTTP/1.1 2000 OK\r\n"),
                        X + " sent status 2000; there are only 100 to 599."),
                row(
                        "a head that is too large",
                        Cause.HEAD_TOO_LARGE,
                        Sample.failing(ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE)
                                .received(66_000)
                                .decided(RetryDecision.SAME_EVERYWHERE),
                        " has too large a head: 64.5 KB came, more than the 64 KB that limits.response-head allows.",
                        "raise pools.shop.limits.response-head.",
                        "every backend would answer alike"),
                row(
                        "a head that is too large, and why",
                        Cause.HEAD_TOO_LARGE,
                        Sample.failing(ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE)
                                .detail("66000 bytes came, more than allowed; the largest field is Set-Cookie"),
                        " has too large a head: 66000 bytes came, more than allowed; the largest field is Set-Cookie."),
                row(
                        "a transfer coding that nobody knows",
                        Cause.BAD_TRANSFER_CODING,
                        Sample.failing(ProxyError.HTTP_RESPONSE_TRANSFER_CODING).detail("Transfer-Encoding: foo"),
                        "(Transfer-Encoding: foo)"),
                row(
                        "two different lengths",
                        Cause.BAD_LENGTH,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR)
                                .first("HTTP/1.1 200 OK\r\n")
                                .thrown("IllegalArgumentException", "Multiple Content-Length values found: [2, 3]"),
                        "(Multiple Content-Length values found: [2, 3])"),
                row(
                        "a name of a field that is none",
                        Cause.BAD_RESPONSE_HEAD,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR)
                                .first("HTTP/1.1 200 OK\r\nBad Name: x\r\n")
                                .thrown("IllegalArgumentException", "whitespace in the name of a field"),
                        "(whitespace in the name of a field)",
                        "Bad Name"),
                row(
                        "line ends without CR",
                        Cause.BAD_LINE_ENDS,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR)
                                .first("HTTP/1.1 200 OK\nContent-Length: 2\n")
                                .thrown(
                                        "InvalidLineSeparatorException",
                                        "Line Feed must be preceded by Carriage Return"),
                        "bare LF"),
                row(
                        "interim responses without end",
                        Cause.TOO_MANY_INTERIM_RESPONSES,
                        Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR).detail("more than 20 interim responses"),
                        "(more than 20 interim responses)"),
                row(
                        "a switch that nobody asked for",
                        Cause.SWITCHED_UNASKED,
                        Sample.failing(ProxyError.HTTP_UPGRADE_FAILED),
                        X + " switched protocols (101) though nobody asked."),
                row(
                        "an error that the backend sent, and that was tried again",
                        Cause.OWN_ERROR_STATUS,
                        Sample.failing(ProxyError.DESTINATION_UNAVAILABLE)
                                .answered(new Answer(503, Framing.LENGTH, 4, 0, "nginx/1.25"))
                                .in(Phase.RESPONSE_HEAD),
                        "This 503 was sent by " + X + " itself (Server: nginx/1.25), not by the balancer."));
    }

    static Stream<Arguments> streaming() {
        return Stream.of(
                row(
                        "a length that is not kept",
                        Cause.TRUNCATED,
                        Sample.failing(ProxyError.HTTP_RESPONSE_INCOMPLETE)
                                .answered(200, Framing.LENGTH, 100, 7)
                                .decided(RetryDecision.RESPONSE_BEGUN)
                                .ended(Result.CUT),
                        X + " promised 100 bytes, sent 7 bytes, then hung up.",
                        "the client had got the beginning of the response"),
                row(
                        "a body that stalls",
                        Cause.BODY_STALLED,
                        Sample.failing(ProxyError.CONNECTION_READ_TIMEOUT)
                                .answered(200, Framing.LENGTH, 100, 7)
                                .received(80)
                                .waited(Duration.ofSeconds(60)),
                        X + " stopped sending for 60 s after 7 of 100 bytes"),
                row(
                        "a body of which nothing comes, from a backend that has answered others",
                        Cause.BODY_STALLED,
                        Sample.failing(ProxyError.CONNECTION_READ_TIMEOUT)
                                .answered(200, Framing.LENGTH, 100_000, 0)
                                .received(80)
                                .waited(Duration.ofSeconds(60)),
                        X + " stopped sending for 60 s after 0 of 97.7 KB",
                        "answers above 1.4 KB that stall, while small ones pass, check the MTU"),
                row(
                        "chunks that are none",
                        Cause.BAD_CHUNKS,
                        Sample.failing(ProxyError.HTTP_RESPONSE_TRANSFER_CODING)
                                .answered(200, Framing.CHUNKED, -1, 0)
                                .detail("'zz'"),
                        X + "'s chunked encoding is broken behind 0 bytes ('zz')."),
                row(
                        "chunks without an end",
                        Cause.TRUNCATED,
                        Sample.failing(ProxyError.HTTP_RESPONSE_INCOMPLETE).answered(200, Framing.CHUNKED, -1, 2),
                        X + " ended a chunked response after 2 bytes without its end mark: it is truncated."),
                row(
                        "a body without length that is reset",
                        Cause.TRUNCATED,
                        Sample.failing(ProxyError.HTTP_RESPONSE_INCOMPLETE).answered(200, Framing.UNTIL_CLOSE, -1, 7),
                        "reset the connection after 7 bytes of a response without a length"),
                row(
                        "a body without length that stalls",
                        Cause.BODY_STALLED,
                        Sample.failing(ProxyError.CONNECTION_READ_TIMEOUT)
                                .answered(200, Framing.UNTIL_CLOSE, -1, 7)
                                .received(9_000)
                                .waited(Duration.ofSeconds(60)),
                        "stopped sending for 60 s after 7 bytes of a response without a length, which the balancer then"
                                + " cut"));
    }

    @Test
    void aPoolThatNobodyEverReachedIsAMatterOfConfiguration() {
        PoolFacts never = Sample.pool(
                Sample.member(X, Map.of(), false),
                Sample.member("10.0.3.8:8080", Map.of(), false),
                Sample.member("10.0.3.9:8080", Map.of(), false));
        Dossier dossier = connecting(ProxyError.CONNECTION_REFUSED)
                .neverAnswered(Duration.ofMinutes(1))
                .dossier();
        assertThat(Diagnosis.of(dossier, never).line())
                .contains("No connection to any of the 3 backends of pool shop ever succeeded", "targetPort");
    }

    @Test
    void connectsThatTimeOutToMostOfAPoolBlameTheWay() {
        PoolFacts ten = Sample.pool(Stream.iterate(1, i -> i + 1)
                .limit(10)
                .map(i -> Sample.member("10.0.3." + i + ":8080", Map.of(), true))
                .toArray(PoolFacts.Member[]::new));
        Dossier dossier = connecting(ProxyError.CONNECTION_TIMEOUT)
                .waited(Duration.ofSeconds(1))
                .dossier();
        assertThat(Diagnosis.of(dossier, dossier.attempts().getFirst(), ten, 9).line())
                .contains("9 of 10 backends get no answer", "conntrack -S");
        assertThat(Diagnosis.of(dossier, dossier.attempts().getFirst(), ten, 1).line())
                .doesNotContain("conntrack");
    }

    @Test
    void localhostMayBeTheWrongOfTwoAddresses() {
        Dossier dossier = connecting(ProxyError.CONNECTION_REFUSED)
                .on("localhost:9001")
                .thrown("AnnotatedConnectException", "Connection refused: localhost/[0:0:0:0:0:0:0:1]:9001")
                .dossier();
        assertThat(Diagnosis.of(dossier, POOL).line())
                .contains(
                        "localhost:9001 ([0:0:0:0:0:0:0:1]:9001) refused",
                        "localhost stands for 127.0.0.1 and ::1: name the one that it listens on.");
    }

    @Test
    void ofSeveralAttemptsTheLastFailedOneIsExplained() {
        Dossier dossier = Sample.dossier(
                "A",
                Result.FAILED,
                ProxyError.CONNECTION_REFUSED,
                Sample.failing(ProxyError.CONNECTION_TERMINATED)
                        .on("10.0.3.8:80")
                        .attempt(),
                Sample.refused(X));
        assertThat(Diagnosis.of(dossier, POOL).line()).contains(X + " refused");
    }

    @Test
    void aFullQueueIsToldWithItsLimits() {
        Dossier full = Sample.dossier("A", Result.FAILED, ProxyError.CONNECTION_LIMIT_REACHED);
        assertThat(Diagnosis.of(full, POOL).line())
                .contains(
                        "All 50 connections to each of the 2 backends of pool shop were busy",
                        "the queue was full (128 waiting)",
                        "connections.queue");
    }

    @Test
    void aWaitThatWasTooLongIsToldWithItsLimit() {
        Dossier overdue = own(ProxyError.CONNECTION_LIMIT_REACHED, Result.FAILED, 503, Duration.ofMillis(1_001));
        assertThat(Diagnosis.of(overdue, POOL).line()).contains("none got free in 1.0 s", "timeouts.queue");
    }

    @Test
    void aWaitForALimitThatAllNodesHaveTogetherTellsThisNodesShare() {
        Dossier overdue = own(ProxyError.CONNECTION_LIMIT_REACHED, Result.FAILED, 503, Duration.ofMillis(1_001));
        assertThat(Diagnosis.of(overdue, limited(50, new PoolFacts.Share(6, 2, 2)))
                        .line())
                .contains(
                        "as many requests in flight at the backend of pool shop as it may: 2 of"
                                + " connections.max-requests, which is 6 for all nodes together",
                        "none got free in 1.0 s",
                        "raise connections.max-requests");
        assertThat(Diagnosis.of(overdue, limited(0, new PoolFacts.Share(6, 1, 4)))
                        .line())
                .contains("1 to 4 of connections.max-requests");
        assertThat(Diagnosis.of(overdue, limited(2, new PoolFacts.Share(60, 20, 20)))
                        .line())
                .contains("All 2 connections", "raise connections.per-backend");
    }

    private static PoolFacts limited(int perBackend, PoolFacts.Share share) {
        return new PoolFacts(
                "shop",
                List.of(Sample.member("10.0.0.1:80", Map.of(), true)),
                new PoolFacts.Limits(
                        perBackend, share, 128, Duration.ofSeconds(1), 65_536, 65_536, Duration.ofSeconds(60)));
    }

    @Test
    void aPoolOfWhichNobodyIsUsableSaysWhyEachIsOut() {
        PoolFacts out = Sample.pool(
                out("10.0.0.1:80", "unknown", "enabled", true),
                out("10.0.0.2:80", "down", "enabled", false),
                out("10.0.0.3:80", "up", "draining", false));
        assertThat(Diagnosis.of(own(ProxyError.DESTINATION_UNAVAILABLE), out).line())
                .contains("0 of 3 are usable now; 10.0.0.1:80 is ejected for failing requests, 10.0.0.2:80 fails its"
                        + " checks, 10.0.0.3:80 is draining.");
    }

    @Test
    void aPoolWithoutBackendsBlamesWhoeverDiscoversThem() {
        assertThat(Diagnosis.of(own(ProxyError.DESTINATION_UNAVAILABLE), Sample.pool())
                        .line())
                .contains("Pool shop has no backends", "selector");
    }

    @Test
    void aPoolWithoutAnyAddressBlamesNames() {
        Dossier unresolved = new Dossier(
                "A",
                1_000,
                "shop",
                "/",
                RequestFacts.of("GET", "shop.example", "/", 100, 0),
                Result.FAILED,
                502,
                ProxyError.DNS_ERROR,
                "DNS says api.internal does not exist (NXDOMAIN from 10.96.0.10)",
                1_000,
                0,
                0,
                List.of());
        assertThat(Diagnosis.of(unresolved, POOL).line())
                .contains(
                        "No backend of pool shop has an address: DNS says api.internal does not exist (NXDOMAIN from"
                                + " 10.96.0.10).",
                        "/etc/resolv.conf");
    }

    @Test
    void aResourceThatThisNodeLacksIsNotABackendsFault() {
        assertThat(Diagnosis.of(own(ProxyError.PROXY_RESOURCES_EXHAUSTED), POOL).line())
                .contains("This balancer or its host lacked a resource", "No backend is to blame.");
    }

    @Test
    void aSpentBudgetIsNamed() {
        Dossier dossier = connecting(ProxyError.CONNECTION_REFUSED)
                .decided(RetryDecision.NO_BUDGET)
                .dossier();
        assertThat(Diagnosis.of(dossier, POOL).line()).contains("the retry budget was spent (retry.budget)");
    }

    @Test
    void aLoopNamesTheRoute() {
        assertThat(Diagnosis.of(own(ProxyError.PROXY_LOOP_DETECTED), POOL).line())
                .contains("came back to this balancer", "route shop.example/api", "pool shop");
    }

    @Test
    void aClientThatLeftIsNobodysFault() {
        Dossier left = own(null, Result.CLIENT_LEFT, 499, Duration.ofMillis(3_200), Sample.refused(X));
        assertThat(Diagnosis.of(left, POOL).line())
                .contains("The client left after 3.2 s, while " + X + " worked on it: no fault of the backend's.");
    }

    @Test
    void theBalancersOwnBugLeadsToItsLog() {
        assertThat(Diagnosis.of(own(ProxyError.PROXY_INTERNAL_ERROR), POOL).line())
                .contains("The balancer itself failed", "incident A in its log");
    }

    @Test
    void aRequestWithoutARouteNamesHostAndPath() {
        assertThat(Diagnosis.of(own(ProxyError.DESTINATION_NOT_FOUND), PoolFacts.unknown("none"))
                        .line())
                .contains("No route matches host shop.example and path /api/x", "Add a route");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theMtuIsNoHintWhereSomeOfTheBodyPassedOrNothingEverDid(boolean some) {
        Sample stalled = Sample.failing(ProxyError.CONNECTION_READ_TIMEOUT)
                .answered(200, Framing.LENGTH, 100, some ? 7 : 0)
                .waited(Duration.ofSeconds(60));
        assertThat(Diagnosis.of((some ? stalled : stalled.neverServed()).dossier(), POOL)
                        .line())
                .contains("stopped sending")
                .doesNotContain("MTU");
    }

    @Test
    void aRequestThatNoBackendAcceptedASynOfPointsAtTheWayThere() {
        AttemptRecord[] attempts = Stream.of("10.0.0.1:80", "10.0.0.2:80")
                .map(backend ->
                        connecting(ProxyError.CONNECTION_TIMEOUT).on(backend).attempt())
                .toArray(AttemptRecord[]::new);
        Dossier dossier = Sample.dossier("A", Result.FAILED, ProxyError.CONNECTION_TIMEOUT, attempts);
        PoolFacts three = Sample.pool(
                Sample.member("10.0.0.1:80", Map.of(), true),
                Sample.member("10.0.0.2:80", Map.of(), true),
                Sample.member("10.0.0.3:80", Map.of(), true));
        assertThat(Diagnosis.of(dossier, three).line())
                .contains("Connection attempts to 2 of 3 backends get no answer", "rather the way there", "conntrack");
    }

    @Test
    void whatTheBackendSentItselfIsNotTheBalancers() {
        AttemptRecord answered = new AttemptRecord(
                X,
                Map.of(),
                Phase.RESPONSE_BODY,
                new Timings(0, 0, 0, 1, 2),
                1,
                1,
                false,
                0,
                new Answer(502, Framing.LENGTH, 3, 3, "nginx/1.25"),
                null,
                RetryDecision.NONE,
                BackendCondition.UNKNOWN);
        Dossier relayed = own(null, Result.RELAYED, 502, Duration.ofMillis(3), answered);
        assertThat(Diagnosis.of(relayed, POOL).line())
                .contains("This 502 was sent by " + X + " itself (Server: nginx/1.25), not by the balancer.");
    }

    @ParameterizedTest
    @EnumSource(ProxyError.class)
    void everyErrorHasALineWithAndWithoutABackend(ProxyError error) {
        for (Diagnosis diagnosis : List.of(
                Diagnosis.of(Sample.failing(error).dossier(), POOL),
                Diagnosis.of(own(error), POOL),
                Diagnosis.of(own(error), PoolFacts.unknown("shop")))) {
            assertThat(diagnosis.finding()).isNotBlank().endsWith(".").doesNotContain("null");
            assertThat(diagnosis.remedy()).matches("[A-Z].*[.?]").doesNotContain("null");
        }
    }

    @ParameterizedTest
    @EnumSource(RetryDecision.class)
    void everyDecisionIsToldInWords(RetryDecision decision) {
        assertThat(Diagnosis.of(
                                Sample.failing(ProxyError.CONNECTION_TERMINATED)
                                        .decided(decision)
                                        .dossier(),
                                POOL)
                        .finding())
                .endsWith(".")
                .doesNotContain("null", "..");
    }

    @ParameterizedTest
    @CsvSource({
        "DOWN_EVERYWHERE, The other balancer nodes find it down",
        "DOWN_ONLY_FROM_HERE, The other balancer nodes find it well: look at this node",
        "SPLIT, 'Some balancer nodes find it down, and some well'"
    })
    void whetherEveryoneOrOnlyThisNodeSeesItFailIsSaid(Agreement agreement, String words) {
        PoolFacts pool = agreeing(agreement);
        Dossier dossier = connecting(ProxyError.CONNECTION_REFUSED).dossier();
        assertThat(Diagnosis.of(dossier, pool).finding()).contains(words);
        assertThat(Diagnosis.of(dossier, POOL).finding()).doesNotContain("nodes");
    }

    private static PoolFacts agreeing(Agreement agreement) {
        Opinions opinions = new Opinions(agreement, List.of(new Opinions.OfNode("b", "finds it well", 0)));
        PoolFacts.Member member = new PoolFacts.Member(
                X,
                Map.of(),
                true,
                new BackendCondition("up", "enabled", false, false, 0, 0, 0, false, true, true, false, 0, 0, opinions));
        return new PoolFacts("shop", List.of(member), POOL.limits());
    }

    @Test
    void whoeverWasAnsweredIsNotToldToLookAtTheWayThere() {
        Dossier dossier = Sample.failing(ProxyError.HTTP_PROTOCOL_ERROR)
                .in(Phase.RESPONSE_HEAD)
                .received(40)
                .dossier();
        assertThat(Diagnosis.of(dossier, agreeing(Agreement.DOWN_ONLY_FROM_HERE))
                        .finding())
                .doesNotContain("network around");
        assertThat(Diagnosis.of(dossier, agreeing(Agreement.DOWN_EVERYWHERE)).finding())
                .contains("it is the backend");
    }

    @Test
    void oneThatOtherNodesTookOutIsListedAsThat() {
        PoolFacts.Member member = new PoolFacts.Member(
                X,
                Map.of(),
                false,
                new BackendCondition(
                        "up", "enabled", false, true, 0, 0, 0, false, true, true, false, 0, 0, Opinions.NONE));
        assertThat(OwnFindings.whyNow(new PoolFacts("shop", List.of(member), POOL.limits())))
                .isEqualTo("0 of 1 are usable now; " + X + " is out as other balancer nodes took it out");
    }

    private static Sample connecting(ProxyError error) {
        return Sample.failing(error).in(Phase.CONNECT).sent(0);
    }

    private static Arguments row(String what, Cause cause, Sample sample, String... words) {
        return arguments(what, cause, sample, List.of(words));
    }

    private static PoolFacts.Member out(String backend, String health, String admin, boolean ejected) {
        return new PoolFacts.Member(
                backend,
                Map.of(),
                false,
                new BackendCondition(
                        health, admin, ejected, false, 0, 0, 0, false, true, true, false, 0, 0, Opinions.NONE));
    }

    private static Dossier own(ProxyError error) {
        return own(error, Result.FAILED, 503, Duration.ofMillis(1));
    }

    private static Dossier own(
            @Nullable ProxyError error, Result result, int status, Duration duration, AttemptRecord... attempts) {
        return new Dossier(
                "A",
                1_000,
                "shop",
                "shop.example/api",
                RequestFacts.of("GET", "shop.example", "/api/x?y", 100, 0),
                result,
                status,
                error,
                null,
                duration.toNanos(),
                0,
                0,
                List.of(attempts));
    }
}
