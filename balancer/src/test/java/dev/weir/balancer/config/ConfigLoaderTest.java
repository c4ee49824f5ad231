package dev.weir.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What comes out of good files. */
final class ConfigLoaderTest {
    private static final String BACKENDS = "pools: { shop: { backends: [ http://127.0.0.1:9001 ] } }\n";

    @Test
    void whatIsLeftOutGetsItsDefault() throws ConfigException {
        assertThat(parse(BACKENDS))
                .isEqualTo(new BalancerConfig(
                        List.of(new ListenerConfig(
                                new Address("0.0.0.0", 8080),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(75),
                                8 << 10,
                                64 << 10,
                                0,
                                10_000,
                                HalfClose.ANSWER)),
                        new AdminConfig(
                                new Address("127.0.0.1", 8081), List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"))),
                        new AccessLogConfig("stdout", true),
                        StatusCodes.GATEWAY,
                        TransportChoice.AUTO,
                        0,
                        null,
                        List.of(),
                        new DnsConfig(
                                List.of(), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(300)),
                        null,
                        new DrainConfig(Duration.ofSeconds(5), Duration.ofSeconds(30)),
                        List.of(new RouteConfig(List.of(), "/", "shop")),
                        Map.of("shop", shop())));
    }

    private static PoolConfig shop() {
        return new PoolConfig(
                "shop",
                new StrategyConfig("least-requests", new JsonObject()),
                List.of(new BackendConfig(new Address("127.0.0.1", 9001), 1, 0, null, Map.of())),
                new HealthConfig(
                        null, new PassiveHealthConfig(5, Duration.ofSeconds(10), Duration.ofSeconds(300), 0.5)),
                new TimeoutsConfig(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(1),
                        Duration.ZERO),
                new RetryConfig(3, 0.2, StatusSet.NONE, 64 << 10, false),
                new ConnectionsConfig(0, 0, 1024, Duration.ofSeconds(60)),
                Duration.ZERO,
                0.5,
                true,
                64 << 10,
                new HttpConfig(false));
    }

    @Test
    void anActiveCheckWithoutPathOnlyConnects() throws ConfigException {
        assertThat(pool("health: { active: {} }").health().active())
                .isEqualTo(new ActiveHealthConfig(
                        null,
                        null,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        0.1,
                        2,
                        3,
                        StatusSet.parse("200-299"),
                        Map.of(),
                        null));
    }

    @Test
    void anActiveCheckMayExpectMuch() throws ConfigException {
        ActiveHealthConfig active = pool("health: { active: { path: '/up?deep=1', port: 9100, jitter: 0%,"
                        + " expect-status: [200, 204-206], expect-headers: { X-Ready: true }, expect-body: '^ok' } }")
                .health()
                .active();
        assertThat(active.path()).isEqualTo("/up?deep=1");
        assertThat(active.port()).isEqualTo(9100);
        assertThat(active.jitter()).isZero();
        assertThat(active.expectStatus()).isEqualTo(StatusSet.parse("200,204-206"));
        assertThat(active.expectHeaders()).containsExactly(Map.entry("X-Ready", "true"));
        assertThat(active.expectBody().pattern()).isEqualTo("^ok");
    }

    @Test
    void unitsAreThoseOfTheFile() throws ConfigException {
        BalancerConfig config = parse("drain: { delay: 250ms, timeout: 2h }\n"
                + "listeners: [ { address: '[::1]:0', limits: { request-line: 512B, body: 3GB, head: 1MB } } ]\n"
                + BACKENDS);
        assertThat(config.drain()).isEqualTo(new DrainConfig(Duration.ofMillis(250), Duration.ofHours(2)));
        ListenerConfig listener = config.listeners().getFirst();
        assertThat(listener.address()).isEqualTo(new Address("::1", 0));
        assertThat(listener.maxRequestLine()).isEqualTo(512);
        assertThat(listener.maxHead()).isEqualTo(1 << 20);
        assertThat(listener.maxBody()).isEqualTo(3L << 30);
        assertThat(pool("panic-threshold: 12.5%").panicThreshold()).isEqualTo(0.125);
        assertThat(pool("slow-start: 5m").slowStart()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aBackendIsAUrlOrAMappingWithMore() throws ConfigException {
        BalancerConfig config = parse("""
                pools:
                  shop:
                    backends:
                      - http://Shop_1.internal
                      - http://[2001:DB8::1]:9002
                      - { url: http://127.0.0.1:9003, weight: 0, priority: 31, zone: a, labels: { version: 7, x/y: z } }
                """);
        assertThat(config.pools().get("shop").backends())
                .containsExactly(
                        new BackendConfig(new Address("shop_1.internal", 80), 1, 0, null, Map.of()),
                        new BackendConfig(new Address("2001:db8::1", 9002), 1, 0, null, Map.of()),
                        new BackendConfig(
                                new Address("127.0.0.1", 9003), 0, 31, "a", Map.of("version", "7", "x/y", "z")));
    }

    @Test
    void whatStandsBesideAStrategysNameIsPassedOnAsJson() throws ConfigException {
        StrategyConfig strategy = pool("strategy: { name: sticky, ttl: 1h, size: 5, big: 5000000000, ratio: 1.25,"
                        + " on: true, none: null, list: [a, 1], strategy: { name: ring-hash, hash-on: path } }")
                .strategy();
        assertThat(strategy.name()).isEqualTo("sticky");
        assertThat(strategy.options())
                .isEqualTo(new JsonObject()
                        .put("ttl", "1h")
                        .put("size", 5)
                        .put("big", 5_000_000_000L)
                        .put("ratio", 1.25)
                        .put("on", true)
                        .putNull("none")
                        .put("list", new JsonArray().add("a").add(1))
                        .put(
                                "strategy",
                                new JsonObject().put("name", "ring-hash").put("hash-on", "path")));
    }

    @Test
    void retriesNameStatusCodesInAnyForm() throws ConfigException {
        assertThat(pool("retry: { on-status: 503 }").retry().onStatus()).isEqualTo(StatusSet.parse("503"));
        assertThat(pool("retry: { on-status: 500-504 }").retry().onStatus()).isEqualTo(StatusSet.parse("500-504"));
        assertThat(pool("retry: { on-status: [429, '502, 503'] }").retry().onStatus())
                .isEqualTo(StatusSet.parse("429,502,503"));
    }

    @Test
    void hostsAndPathsOfRoutesAreNormalized() throws ConfigException {
        assertThat(parse("routes: [ { hosts: [Shop.Example, '*.Shop.Example'], path: /api/, pool: shop },"
                                + " { path: //, pool: shop } ]\n" + BACKENDS)
                        .routes())
                .containsExactly(
                        new RouteConfig(List.of("shop.example", "*.shop.example"), "/api", "shop"),
                        new RouteConfig(List.of(), "/", "shop"));
    }

    @Test
    void poolsKeepTheOrderOfTheFile() throws ConfigException {
        StringBuilder yaml = new StringBuilder("pools:\n");
        List<String> names = List.of("zebra", "ant", "mole", "bee", "yak", "cow", "emu");
        names.forEach(name -> yaml.append("  ")
                .append(name)
                .append(": { backends: [http://")
                .append(name)
                .append("] }\n"));
        yaml.append("routes: [ { pool: yak } ]\n");
        assertThat(parse(yaml.toString()).pools().keySet()).containsExactlyElementsOf(names);
    }

    @Test
    void anchorsAndAliasesSpareRepetition() throws ConfigException {
        BalancerConfig config = parse("""
                routes: [ { pool: a } ]
                pools:
                  a: { timeouts: &patient { connect: 9s }, backends: [ http://a ] }
                  b: { timeouts: *patient, backends: [ http://b ] }
                """);
        assertThat(config.pools().get("b").timeouts())
                .isEqualTo(config.pools().get("a").timeouts())
                .extracting(TimeoutsConfig::connect)
                .isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void everythingIsUnmodifiable() throws ConfigException {
        BalancerConfig config = parse(BACKENDS);
        assertThat(config.pools()).isUnmodifiable();
        assertThat(config.listeners()).isUnmodifiable();
        assertThat(config.routes()).isUnmodifiable();
        assertThat(config.pools().get("shop").backends()).isUnmodifiable();
    }

    private static PoolConfig pool(String line) throws ConfigException {
        String yaml = "pools:\n  shop:\n    backends: [ http://127.0.0.1:9001 ]\n    " + line + "\n";
        return parse(yaml).pools().get("shop");
    }

    @Test
    void nameServersHavePortsAndMayBeIpv6() throws ConfigException {
        BalancerConfig config =
                parse("dns: { servers: [10.96.0.10, '127.0.0.1:5353', 'FD00::A', '[fd00::a]:54'] }\n" + BACKENDS);
        assertThat(config.dns().servers())
                .containsExactly(
                        new Address("10.96.0.10", 53),
                        new Address("127.0.0.1", 5353),
                        new Address("fd00::a", 53),
                        new Address("fd00::a", 54));
    }

    @Test
    void aBackendsNameMayEndInADot() throws ConfigException {
        BalancerConfig config = parse("pools: { shop: { backends: [ http://shop.svc.:8080 ] } }\n");
        assertThat(config.pools().get("shop").backends().getFirst().address())
                .isEqualTo(new Address("shop.svc.", 8080));
    }

    private static BalancerConfig parse(String yaml) throws ConfigException {
        return ConfigLoader.parse("x.yaml", yaml, StrategyCheck.ANY);
    }
}
