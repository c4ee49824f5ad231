package dev.weir.balancer.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a pool finds out which backends are well. */
final class HealthSyntax {
    private static final Key<String> PATH = Key.optional(
            "path", Scalars.matching("/[!-\"$-~]*", "is not a path", "a path that starts with /, such as /healthz"));
    private static final Key<Integer> PORT = Key.optional("port", Scalars.whole(1, 65535));
    private static final Key<Duration> INTERVAL = Key.of("interval", Scalars.duration("10ms", "24h"), "2s");
    private static final Key<Duration> TIMEOUT = Key.of("timeout", Scalars.duration("1ms", "1h"), "1s");
    private static final Key<Double> JITTER = Key.of("jitter", Scalars.share(), "10%");
    private static final Key<Integer> RISE = Key.of("rise", Scalars.whole(1, 1000), "2");
    private static final Key<Integer> FALL = Key.of("fall", Scalars.whole(1, 1000), "3");
    private static final Key<StatusSet> EXPECT_STATUS =
            Key.of("expect-status", StatusSyntax.between(100, 599, 1), "200-299", StatusSet.parse("200-299"));
    private static final Key<Map<String, String>> EXPECT_HEADERS = Key.of(
            "expect-headers",
            new MapOf<>(
                    "field values by name",
                    0,
                    Scalars.matching(
                            "[!#$%&'*+.^_`|~0-9A-Za-z-]+",
                            "is not a field's name", "the name of a field, such as Content-Type"),
                    Scalars.text("the exact value of a field")));
    private static final Key<Pattern> EXPECT_BODY = Key.optional("expect-body", Scalars.regex());

    private static final Section<ActiveHealthConfig> ACTIVE = Section.of(
            "a mapping such as { path: /healthz, interval: 2s }",
            HealthSyntax::active,
            PATH,
            PORT,
            INTERVAL,
            TIMEOUT,
            JITTER,
            RISE,
            FALL,
            EXPECT_STATUS,
            EXPECT_HEADERS,
            EXPECT_BODY);

    private static final Key<Integer> CONSECUTIVE_FAILURES =
            Key.of("consecutive-failures", Scalars.whole(0, 1_000_000), "5");
    private static final Key<Duration> BASE_EJECTION = Key.of("base-ejection", Scalars.duration("1ms", "24h"), "10s");
    private static final Key<Duration> MAX_EJECTION = Key.of("max-ejection", Scalars.duration("1ms", "24h"), "300s");
    private static final Key<Double> MAX_EJECTED = Key.of("max-ejected", Scalars.share(), "50%");

    private static final Section<PassiveHealthConfig> PASSIVE = Section.of(
            "a mapping such as { consecutive-failures: 5, base-ejection: 10s }",
            fields -> new PassiveHealthConfig(
                    fields.get(CONSECUTIVE_FAILURES),
                    fields.get(BASE_EJECTION),
                    fields.get(MAX_EJECTION),
                    fields.get(MAX_EJECTED)),
            CONSECUTIVE_FAILURES,
            BASE_EJECTION,
            MAX_EJECTION,
            MAX_EJECTED);

    private static final Key<ActiveHealthConfig> ACTIVE_KEY = Key.optional("active", ACTIVE);
    private static final Key<PassiveHealthConfig> PASSIVE_KEY = Key.of("passive", PASSIVE);

    static final Section<HealthConfig> HEALTH = Section.of(
            "a mapping with active and passive",
            fields -> new HealthConfig(fields.find(ACTIVE_KEY), fields.get(PASSIVE_KEY)),
            ACTIVE_KEY,
            PASSIVE_KEY);

    private HealthSyntax() {}

    private static ActiveHealthConfig active(Fields fields) {
        @Nullable String path = fields.find(PATH);
        if (path == null
                && Stream.of(EXPECT_STATUS, EXPECT_HEADERS, EXPECT_BODY).anyMatch(fields::written)) {
            throw new IllegalArgumentException(
                    "expects something of a response but has no path; expected a path, such as /healthz: without one,"
                            + " a check only opens a connection");
        }
        return new ActiveHealthConfig(
                path,
                fields.find(PORT),
                fields.get(INTERVAL),
                fields.get(TIMEOUT),
                fields.get(JITTER),
                fields.get(RISE),
                fields.get(FALL),
                fields.get(EXPECT_STATUS),
                fields.get(EXPECT_HEADERS),
                fields.find(EXPECT_BODY));
    }
}
