package dev.weir.balancer.config;

import java.time.Duration;
import java.util.List;

/** A pool: its backends and how they are treated. */
final class PoolSyntax {
    private static final Key<Duration> CONNECT = Key.of("connect", Scalars.duration("0s", "1h"), "1s");
    private static final Key<Duration> RESPONSE_HEAD_TIME =
            Key.of("response-head", Scalars.duration("0s", "24h"), "30s");
    private static final Key<Duration> BODY_IDLE = Key.of("body-idle", Scalars.duration("0s", "24h"), "60s");
    private static final Key<Duration> QUEUE_TIME = Key.of("queue", Scalars.duration("0s", "1h"), "1s");
    private static final Key<Duration> TOTAL = Key.of("total", Scalars.duration("0s", "24h"), "0s");

    private static final Section<TimeoutsConfig> TIMEOUTS = Section.of(
            "a mapping of timeouts",
            fields -> new TimeoutsConfig(
                    fields.get(CONNECT),
                    fields.get(RESPONSE_HEAD_TIME),
                    fields.get(BODY_IDLE),
                    fields.get(QUEUE_TIME),
                    fields.get(TOTAL)),
            CONNECT,
            RESPONSE_HEAD_TIME,
            BODY_IDLE,
            QUEUE_TIME,
            TOTAL);

    private static final Key<Integer> ATTEMPTS = Key.of("attempts", Scalars.whole(1, 20), "3");
    private static final Key<Double> BUDGET = Key.of("budget", Scalars.share(), "20%");
    private static final Key<StatusSet> ON_STATUS =
            Key.of("on-status", StatusSyntax.between(400, 599, 0), List.of(), StatusSet.NONE);
    private static final Key<Long> BUFFER = Key.of("buffer", Scalars.size("0", "64MB"), "64KB");
    private static final Key<Boolean> NON_IDEMPOTENT = Key.of("non-idempotent", Scalars.flag(), "false");

    private static final Section<RetryConfig> RETRY = Section.of(
            "a mapping such as { attempts: 3, budget: 20% }",
            fields -> new RetryConfig(
                    fields.get(ATTEMPTS),
                    fields.get(BUDGET),
                    fields.get(ON_STATUS),
                    Math.toIntExact(fields.get(BUFFER)),
                    fields.get(NON_IDEMPOTENT)),
            ATTEMPTS,
            BUDGET,
            ON_STATUS,
            BUFFER,
            NON_IDEMPOTENT);

    private static final Key<Integer> PER_BACKEND = Key.of("per-backend", Scalars.whole(0, 1_000_000), "0");
    private static final Key<Integer> MAX_REQUESTS = Key.of("max-requests", Scalars.whole(0, 1_000_000), "0");
    private static final Key<Integer> QUEUE_SIZE = Key.of("queue", Scalars.whole(0, 1_000_000), "1024");
    private static final Key<Duration> IDLE = Key.of("idle", Scalars.duration("1ms", "24h"), "60s");

    private static final Section<ConnectionsConfig> CONNECTIONS = Section.of(
            "a mapping such as { per-backend: 0, queue: 1024 }",
            fields -> new ConnectionsConfig(
                    fields.get(PER_BACKEND), fields.get(MAX_REQUESTS), fields.get(QUEUE_SIZE), fields.get(IDLE)),
            PER_BACKEND,
            MAX_REQUESTS,
            QUEUE_SIZE,
            IDLE);

    private static final Key<Long> RESPONSE_HEAD_SIZE = Key.of("response-head", Scalars.size("256B", "16MB"), "64KB");

    static final Key<StrategyConfig> STRATEGY =
            Key.of("strategy", StrategySyntax.STRATEGY, StrategySyntax.DEFAULT.name(), StrategySyntax.DEFAULT);
    static final Key<List<BackendConfig>> BACKENDS =
            Key.required("backends", new ListOf<>("a list of backends", 1, BackendSyntax.BACKEND));
    private static final Key<HealthConfig> HEALTH = Key.of("health", HealthSyntax.HEALTH);
    private static final Key<TimeoutsConfig> TIMEOUTS_KEY = Key.of("timeouts", TIMEOUTS);
    private static final Key<RetryConfig> RETRY_KEY = Key.of("retry", RETRY);
    private static final Key<ConnectionsConfig> CONNECTIONS_KEY = Key.of("connections", CONNECTIONS);
    private static final Key<Duration> SLOW_START = Key.of("slow-start", Scalars.duration("0s", "24h"), "0s");
    private static final Key<Double> PANIC_THRESHOLD = Key.of("panic-threshold", Scalars.share(), "50%");
    private static final Key<Boolean> PRESERVE_HOST = Key.of("preserve-host", Scalars.flag(), "true");
    private static final Key<Long> LIMITS = Key.of(
            "limits", Section.of("a mapping of limits", fields -> fields.get(RESPONSE_HEAD_SIZE), RESPONSE_HEAD_SIZE));

    private static final Key<Boolean> LENIENT_LINE_ENDS = Key.of("lenient-line-ends", Scalars.flag(), "false");
    private static final Key<HttpConfig> HTTP = Key.of(
            "http",
            Section.of(
                    "a mapping such as { lenient-line-ends: true }",
                    fields -> new HttpConfig(fields.get(LENIENT_LINE_ENDS)),
                    LENIENT_LINE_ENDS));

    static final Section<PoolConfig> POOL = Section.of(
            "a pool, which is a mapping with backends",
            PoolSyntax::pool,
            STRATEGY,
            BACKENDS,
            HEALTH,
            TIMEOUTS_KEY,
            RETRY_KEY,
            CONNECTIONS_KEY,
            SLOW_START,
            PANIC_THRESHOLD,
            PRESERVE_HOST,
            LIMITS,
            HTTP);

    private PoolSyntax() {}

    private static PoolConfig pool(Fields fields) {
        return new PoolConfig(
                fields.name(),
                fields.get(STRATEGY),
                fields.get(BACKENDS),
                fields.get(HEALTH),
                fields.get(TIMEOUTS_KEY),
                fields.get(RETRY_KEY),
                fields.get(CONNECTIONS_KEY),
                fields.get(SLOW_START),
                fields.get(PANIC_THRESHOLD),
                fields.get(PRESERVE_HOST),
                Math.toIntExact(fields.get(LIMITS)),
                fields.get(HTTP));
    }
}
