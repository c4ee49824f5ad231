package dev.weir.balancer.incident;

import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
import dev.weir.balancer.incident.Dossier.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Dossiers to test with: a failed attempt with everything at its usual value, and a word for each thing that differs. */
final class Sample {
    private static final long MILLI = 1_000_000;

    private final ProxyError error;
    private String backend = "10.0.3.7:8080";
    private String pool = "shop";
    private String method = "GET";
    private Phase phase = Phase.RESPONSE_HEAD;
    private long waitedNanos = 2 * MILLI;
    private long sentBytes = 120;
    private long receivedBytes;
    private long idleNanos = -1;
    private long headBytes = 120;
    private @Nullable String largestField;
    private long largestFieldBytes;
    private long bodyBytes;
    private int errno;
    private @Nullable String exception;
    private @Nullable String detail;
    private FirstBytes firstBytes = FirstBytes.NONE;
    private @Nullable Answer answer;
    private RetryDecision decision = RetryDecision.NO_BACKEND_LEFT;
    private int savedBy = 200;
    private Result result = Result.FAILED;
    private String health = "unknown";
    private int inFlight = 1;
    private int connections = 1;
    private int standing;
    private boolean everAnswered = true;
    private boolean everServed = true;
    private boolean failOpen;
    private Duration age = Duration.ofHours(2);
    private Duration keepAlive = Duration.ZERO;

    private Sample(ProxyError error) {
        this.error = error;
    }

    static Sample failing(ProxyError error) {
        return new Sample(error);
    }

    static AttemptRecord refused(String backend) {
        return failing(ProxyError.CONNECTION_REFUSED)
                .on(backend)
                .in(Phase.CONNECT)
                .attempt();
    }

    /** A request that failed without a failed attempt, or with those given. */
    static Dossier dossier(String id, Result result, @Nullable ProxyError error, AttemptRecord... attempts) {
        return new Dossier(
                id,
                1_000,
                "shop",
                "/",
                RequestFacts.of("GET", "shop.example", "/cart?token=secret", 100, 0),
                result,
                502,
                error,
                null,
                MILLI,
                0,
                0,
                List.of(attempts));
    }

    static PoolFacts pool(PoolFacts.Member... members) {
        return new PoolFacts(
                "shop",
                List.of(members),
                new PoolFacts.Limits(
                        50,
                        PoolFacts.Share.NONE,
                        128,
                        Duration.ofSeconds(1),
                        64 * 1024,
                        64 * 1024,
                        Duration.ofSeconds(60)));
    }

    static PoolFacts.Member member(String backend, Map<String, String> labels, boolean everAnswered) {
        return new PoolFacts.Member(
                backend,
                labels,
                true,
                new BackendCondition(
                        "up",
                        "enabled",
                        false,
                        false,
                        0,
                        0,
                        0,
                        false,
                        everAnswered,
                        everAnswered,
                        false,
                        0,
                        0,
                        Opinions.NONE));
    }

    Sample on(String otherBackend) {
        backend = otherBackend;
        return this;
    }

    Sample ofPool(String otherPool) {
        pool = otherPool;
        return this;
    }

    Sample method(String otherMethod) {
        method = otherMethod;
        return this;
    }

    Sample in(Phase otherPhase) {
        phase = otherPhase;
        return this;
    }

    Sample waited(Duration time) {
        waitedNanos = time.toNanos();
        return this;
    }

    Sample sent(long bytes) {
        sentBytes = bytes;
        return this;
    }

    Sample received(long bytes) {
        receivedBytes = bytes;
        return this;
    }

    /** On a connection that had been idle for so long. */
    Sample reusedAfter(Duration idle) {
        idleNanos = idle.toNanos();
        return this;
    }

    Sample head(long bytes, String field, long fieldBytes) {
        headBytes = bytes;
        largestField = field;
        largestFieldBytes = fieldBytes;
        return this;
    }

    Sample body(long bytes) {
        bodyBytes = bytes;
        return this;
    }

    Sample errno(int number) {
        errno = number;
        return this;
    }

    Sample thrown(String otherException, String words) {
        exception = otherException;
        detail = words;
        return this;
    }

    Sample detail(String words) {
        detail = words;
        return this;
    }

    Sample first(String bytes) {
        firstBytes = FirstBytes.of(bytes);
        receivedBytes = Math.max(receivedBytes, bytes.length());
        return this;
    }

    Sample answered(int status, Answer.Framing framing, long announced, long got) {
        return answered(new Answer(status, framing, announced, got, null));
    }

    Sample answered(Answer otherAnswer) {
        answer = otherAnswer;
        phase = Phase.RESPONSE_BODY;
        return this;
    }

    Sample decided(RetryDecision otherDecision) {
        decision = otherDecision;
        return this;
    }

    Sample ended(Result otherResult) {
        result = otherResult;
        return this;
    }

    /** Saved, by an answer with this status. */
    Sample savedBy(int status) {
        savedBy = status;
        return ended(Result.SAVED);
    }

    Sample load(int requests, int open) {
        inFlight = requests;
        connections = open;
        return this;
    }

    /** Of the connections, so many are open. */
    Sample standing(int connected) {
        standing = connected;
        return this;
    }

    /** No answer of it was ever whole. */
    Sample neverServed() {
        everServed = false;
        return this;
    }

    /** Though it is down: hardly anybody is not. */
    Sample failOpen() {
        health = "down";
        failOpen = true;
        return this;
    }

    Sample neverAnswered(Duration sinceAdded) {
        everAnswered = false;
        age = sinceAdded;
        return this;
    }

    Sample keepAlive(Duration learned) {
        keepAlive = learned;
        return this;
    }

    AttemptRecord attempt() {
        long connected = phase == Phase.CONNECT ? Timings.NEVER : 0;
        return new AttemptRecord(
                backend,
                Map.of(),
                phase,
                new Timings(
                        0, connected, phase == Phase.REQUEST ? Timings.NEVER : connected, Timings.NEVER, waitedNanos),
                sentBytes,
                receivedBytes,
                idleNanos >= 0,
                Math.max(0, idleNanos),
                answer,
                new AttemptFailure(error, exception, errno, detail, firstBytes, RetryClass.R1),
                decision,
                new BackendCondition(
                        health,
                        "enabled",
                        false,
                        false,
                        inFlight,
                        connections,
                        standing,
                        false,
                        everAnswered,
                        everServed,
                        failOpen,
                        age.toNanos(),
                        keepAlive.toNanos(),
                        Opinions.NONE));
    }

    Dossier dossier() {
        return dossier("1NG0C9M2X317RKTE", 1_000);
    }

    Dossier dossier(String id, long epochMillis) {
        return new Dossier(
                id,
                epochMillis,
                pool,
                "shop.example/",
                new RequestFacts(method, "shop.example", "/pay", headBytes, largestField, largestFieldBytes, bodyBytes),
                result,
                result == Result.SAVED ? savedBy : 502,
                result == Result.SAVED ? null : error,
                null,
                waitedNanos,
                bodyBytes,
                0,
                List.of(attempt()));
    }
}
