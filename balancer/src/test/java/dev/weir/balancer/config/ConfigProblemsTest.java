package dev.weir.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts with mistakes, each with exactly what the user reads. */
final class ConfigProblemsTest {
    private static final String POOLS = "pools: { shop: { backends: [ http://127.0.0.1:9001 ] } }\n";

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource({"values", "sections", "relations", "clusters"})
    void everyMistakeIsNamed(String yaml, List<String> expected) {
        assertThat(problemsOf(yaml)).containsExactlyElementsOf(expected);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                top(
                        "drain: { delay: 1 sec }",
                        "1:17: drain.delay: '1 sec' is not a duration; expected a number with ms, s, m or h, such as 250ms"),
                top(
                        "drain: { delay: 10 }",
                        "1:17: drain.delay: '10' has no unit; expected a number with ms, s, m or h, such as 250ms"),
                top(
                        "drain: { delay: -1s }",
                        "1:17: drain.delay: '-1s' is not a duration; expected a number with ms, s, m or h, such as 250ms"),
                top("drain: { delay: 2h }", "1:17: drain.delay: '2h' is out of range; expected 0s to 1h"),
                top(
                        "drain: { delay: }",
                        "1:16: drain.delay: has no value; expected a duration, such as 250ms, 2s, 5m or 1h"),
                top(
                        "drain: { delay: [5s] }",
                        "1:17: drain.delay: is a list; expected a duration, such as 250ms, 2s, 5m or 1h"),
                top(
                        "drain: { delay: { s: 5 } }",
                        "1:17: drain.delay: is a mapping; expected a duration, such as 250ms, 2s, 5m or 1h"),
                top(
                        "dns: { servers: [ns.example.com] }",
                        "1:18: dns.servers[0]: 'ns.example.com' is not the address of a name server; expected an IP address, such as 10.96.0.10 or 127.0.0.1:5353"),
                top(
                        "dns: { servers: ['10.96.0.10:0'] }",
                        "1:18: dns.servers[0]: '10.96.0.10:0' has a port out of range; expected 1 to 65535"),
                top(
                        "dns: { min-ttl: 10s, max-ttl: 1s }",
                        "1:6: dns: min-ttl is longer than max-ttl; expected it to be shorter"),
                top(
                        "listeners: [{ address: '0.0.0.0:5701' }]\ncluster: { address: '10.0.0.7:5701', peers: [a] }",
                        "2:21: cluster.address: '10.0.0.7:5701' is taken by listeners[0].address; expected another port"),
                top("cluster: { peers: [] }", "1:19: cluster.peers: is empty; expected a list of other nodes"),
                top(
                        "cluster: { peers: [0.0.0.0] }",
                        "1:20: cluster.peers[0]: '0.0.0.0' stands for every address; expected one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers"),
                top(
                        "cluster: { node: \"lb\\n1\", peers: [a] }",
                        "1:18: cluster.node: 'lb\\n1' is not a node's name; expected 1 to 63 characters on one line"),
                top(
                        "cluster: { name: Shop, peers: [a] }",
                        "1:18: cluster.name: 'Shop' is not a cluster's name; expected a name of lower case letters, digits and dashes"),
                top("event-loops: many", "1:14: event-loops: 'many' is not a whole number; expected 0 to 1024"),
                top("event-loops: 1.5", "1:14: event-loops: '1.5' is not a whole number; expected 0 to 1024"),
                top("event-loops: 1025", "1:14: event-loops: '1025' is out of range; expected 0 to 1024"),
                top(
                        "event-loops: 99999999999999999999",
                        "1:14: event-loops: '99999999999999999999' is out of range; expected 0 to 1024"),
                top(
                        "event-loops: '2'",
                        "1:14: event-loops: '2' must not be in quotes; expected a whole number from 0 to 1024"),
                top(
                        "status-codes: gatewya",
                        "1:15: status-codes: 'gatewya' is not known; expected one of gateway, rfc9209; did you mean 'gateway'?"),
                top(
                        "transport: kqueue",
                        "1:12: transport: 'kqueue' is not known; expected one of auto, io_uring, epoll, nio"),
                top(
                        "access-log: false",
                        "1:13: access-log: 'false' must be in quotes; expected stdout, off, or the path of a file"),
                top("zone: ''", "1:7: zone: '' is blank; expected the name of a zone"),
                top(
                        "trusted-proxies: [10.0.0.0/33]",
                        "1:19: trusted-proxies[0]: '10.0.0.0/33' is not an address or a range of addresses; expected one such as 10.0.0.0/8 or ::1"),
                top(
                        "admin: { address: 8081 }",
                        "1:19: admin.address: '8081' is not an address with a port; expected one such as 0.0.0.0:8080 or \"[::1]:8080\""),
                top(
                        "admin: { address: '127.0.0.1:70000' }",
                        "1:19: admin.address: '127.0.0.1:70000' has a port out of range; expected 0 to 65535"),
                top(
                        "admin: { address: '10.0.0.256:80' }",
                        "1:19: admin.address: '10.0.0.256:80' has a host that is neither a name nor an IP address; expected one such as 127.0.0.1"),
                top(
                        "admin: { address: '::1:80' }",
                        "1:19: admin.address: '::1:80' is not an address with a port; expected one such as 0.0.0.0:8080 or \"[::1]:8080\""),
                top(
                        "listeners: [ { limits: { head: 64 } } ]",
                        "1:32: listeners[0].limits.head: '64' has no unit; expected a number with B, KB, MB or GB, such as 64KB"),
                top(
                        "listeners: [ { limits: { head: 64kb } } ]",
                        "1:32: listeners[0].limits.head: '64kb' is not a size; expected a number with B, KB, MB or GB, such as 64KB"),
                top(
                        "listeners: [ { limits: { head: 1B } } ]",
                        "1:32: listeners[0].limits.head: '1B' is out of range; expected 256B to 16MB"),
                top("listeners: []", "1:12: listeners: is empty; expected a list of listeners"),
                top(
                        "listeners: 0.0.0.0:8080",
                        "1:12: listeners: '0.0.0.0:8080' does not fit here; expected a list of listeners"),
                pool(
                        "preserve-host: yes",
                        "4:20: pools.shop.preserve-host: 'yes' is not a boolean; expected true or false"),
                pool(
                        "panic-threshold: 0.5",
                        "4:22: pools.shop.panic-threshold: '0.5' has no unit; expected a number with %, such as 20%"),
                pool(
                        "panic-threshold: half",
                        "4:22: pools.shop.panic-threshold: 'half' is not a percentage; expected a number with %, such as 20%"),
                pool(
                        "panic-threshold: 101%",
                        "4:22: pools.shop.panic-threshold: '101%' is out of range; expected 0% to 100%"),
                pool(
                        "retry: { on-status: 200 }",
                        "4:25: pools.shop.retry.on-status: '200' is out of range; expected status codes from 400 to 599, such as 400 or 500-599"),
                pool(
                        "retry: { on-status: [502, 2xx] }",
                        "4:31: pools.shop.retry.on-status[1]: '2xx' is not a list of status codes; expected codes or ranges, such as 200-299 or 200,204"),
                pool(
                        "health: { active: { path: healthz } }",
                        "4:31: pools.shop.health.active.path: 'healthz' is not a path; expected a path that starts with /, such as /healthz"),
                pool(
                        "health: { active: { path: /, expect-body: '(' } }",
                        "4:47: pools.shop.health.active.expect-body: '(' is not a regular expression (Unclosed group); expected one of Java, such as ^ok$"),
                pool(
                        "health: { active: { path: /, expect-status: [] } }",
                        "4:49: pools.shop.health.active.expect-status: is empty; expected a list of status codes"),
                pool(
                        "health: { active: { path: /, expect-headers: { 'a b': c } } }",
                        "4:52: pools.shop.health.active.expect-headers.'a b': 'a b' is not a field's name; expected the name of a field, such as Content-Type"),
                pool(
                        "strategy: Least",
                        "4:15: pools.shop.strategy: 'Least' is not a strategy's name; expected the name of a strategy, such as least-requests"),
                pool(
                        "strategy: { hash-on: source-ip }",
                        "4:15: pools.shop.strategy.name: missing; expected the name of a strategy, such as least-requests"),
                pool(
                        "strategy: [round-robin]",
                        "4:15: pools.shop.strategy: is a list; expected the name of a strategy, such as least-requests, or a mapping of its name and options"),
                pool(
                        "strategy: { name: x, n: 99999999999999999999 }",
                        "4:29: pools.shop.strategy.n: '99999999999999999999' is a number out of range"));
    }

    static Stream<Arguments> sections() {
        return Stream.of(
                top("statuscodes: gateway", "1:1: statuscodes: unknown key; did you mean 'status-codes'?"),
                top(
                        "foo: 1\nbar: 2",
                        "1:1: foo: unknown key; expected one of listeners, admin, access-log, access-log-query, status-codes, transport, event-loops, zone, trusted-proxies, dns, cluster, drain, routes, pools",
                        "2:1: bar: unknown key; expected one of listeners, admin, access-log, access-log-query, status-codes, transport, event-loops, zone, trusted-proxies, dns, cluster, drain, routes, pools"),
                top("admin:", "1:7: admin: has no value; expected a mapping with the address of the admin port"),
                top("admin: {}\nadmin: {}", "2:1: admin: duplicate key; it already stands in line 1"),
                top("zone: !env ZONE", "1:7: zone: the tag '!env' is not supported; expected the value without it"),
                top(
                        "drain: !!int { delay: !!str 5s }",
                        "1:8: drain: the tag 'tag:yaml.org,2002:int' is not supported; expected the value without it",
                        "1:23: drain.delay: the tag 'tag:yaml.org,2002:str' is not supported;"
                                + " expected the value without it"),
                top("? [a]\n: b", "1:3: a key is not a name; expected text without a tag"),
                text("pools: {}", "1:8: pools: is empty; expected at least one pool by its name"),
                text(
                        "routes: []",
                        "1:1: pools: missing; expected at least one pool by its name",
                        "1:9: routes: is empty; expected a list of routes"),
                text("[]", "1:1: is a list; expected a mapping with at least the key pools, as in conf/minimal.yaml"),
                text(
                        "hello",
                        "1:1: 'hello' does not fit here; expected a mapping with at least the key pools, as in conf/minimal.yaml"),
                text(
                        "pools: { Shop_1: { backends: [ http://a ] } }",
                        "1:10: pools.Shop_1: 'Shop_1' is not a pool's name; expected a name of lower case letters, digits and dashes"),
                text("pools: { shop: {} }", "1:16: pools.shop.backends: missing; expected a list of backends"),
                text(
                        "pools: { shop: }",
                        "1:15: pools.shop: has no value; expected a pool, which is a mapping with backends"),
                text(
                        "pools: { shop: { backends: [] } }",
                        "1:28: pools.shop.backends: is empty; expected a list of backends"),
                text(
                        "pools: { shop: { backends: [ '127.0.0.1:9001' ] } }",
                        "1:30: pools.shop.backends[0]: '127.0.0.1:9001' has no scheme; expected a URL such as http://127.0.0.1:9001"),
                text(
                        "pools: { shop: { backends: [ https://a ] } }",
                        "1:30: pools.shop.backends[0]: 'https://a': TLS to backends is not supported yet; use http"),
                text(
                        "pools: { shop: { backends: [ ftp://a ] } }",
                        "1:30: pools.shop.backends[0]: 'ftp://a' has a scheme other than http; expected a URL such as http://127.0.0.1:9001"),
                text(
                        "pools: { shop: { backends: [ http://u:p@a ] } }",
                        "1:30: pools.shop.backends[0]: the URL has user information, which is not supported; expected a URL such as http://127.0.0.1:9001"),
                text(
                        "pools: { shop: { backends: [ http://a/x ] } }",
                        "1:30: pools.shop.backends[0]: 'http://a/x' has a path or query, which is not supported; expected only scheme, host and port"),
                text(
                        "pools: { shop: { backends: [ http://a?x ] } }",
                        "1:30: pools.shop.backends[0]: 'http://a?x' has a path or query, which is not supported; expected only scheme, host and port"),
                text(
                        "pools: { shop: { backends: [ 'http://[::g]:1' ] } }",
                        "1:30: pools.shop.backends[0]: 'http://[::g]:1' names no valid host and port; expected a URL such as http://127.0.0.1:9001"),
                text(
                        "pools: { shop: { backends: [ http://a:0 ] } }",
                        "1:30: pools.shop.backends[0]: 'http://a:0' has a port out of range; expected 1 to 65535"),
                text(
                        "pools: { shop: { backends: [ http://a..b ] } }",
                        "1:30: pools.shop.backends[0]: 'http://a..b' has a host that is neither a name nor an IP address; expected one such as 127.0.0.1"),
                text(
                        "pools: { shop: { backends: [ { weight: 2 } ] } }",
                        "1:30: pools.shop.backends[0].url: missing; expected a URL such as http://127.0.0.1:9001"),
                text(
                        "pools: { shop: { backends: [ { url: http://a, weight: 1001, colour: red } ] } }",
                        "1:55: pools.shop.backends[0].weight: '1001' is out of range; expected 0 to 1000",
                        "1:61: pools.shop.backends[0].colour: unknown key; expected one of url, weight, priority, zone, labels"),
                text(
                        "pools: { shop: { backends: [ { url: http://a, weight: 0 } ] } }",
                        "1:28: pools.shop.backends: all weights are 0; expected at least one above"));
    }

    static Stream<Arguments> relations() {
        return Stream.of(
                top("routes: [ { pool: shpo } ]", "1:19: routes[0].pool: 'shpo' is not a pool; did you mean 'shop'?"),
                top("routes: [ { pool: blog } ]", "1:19: routes[0].pool: 'blog' is not a pool; expected one of shop"),
                top(
                        "routes: [ { path: api, pool: shop } ]",
                        "1:19: routes[0].path: 'api' is not a path; expected one that starts with /, without query, such as /api"),
                top(
                        "routes: [ { hosts: ['shop.example.com:80'], pool: shop } ]",
                        "1:21: routes[0].hosts[0]: 'shop.example.com:80' is not a host name; expected one without a port, such as shop.example.com or \"*.example.com\""),
                top(
                        "routes: [ { hosts: [A.example], path: /x, pool: shop }, { hosts: [a.example], path: /x/, pool: shop } ]",
                        "1:57: routes[1]: duplicate route for a.example and path /x; routes[0] already takes it"),
                top(
                        "routes: [ { pool: shop }, { pool: shop } ]",
                        "1:27: routes[1]: duplicate route for every host and path /; routes[0] already takes it"),
                text(
                        "pools: { a: { backends: [ http://a ] }, b: { backends: [ http://b ] } }",
                        "1:1: routes: missing, but there are 2 pools; expected a route for each of them"),
                text(
                        "pools: { a: { backends: [ http://a, { url: http://A:80 } ] } }",
                        "1:37: pools.a.backends[1]: 'http://a:80' is a duplicate of pools.a.backends[0]; expected each backend once, perhaps with a weight"),
                top(
                        "admin: { address: 127.0.0.1:8080 }",
                        "1:19: admin.address: '127.0.0.1:8080' is taken by listeners.address; expected another port"),
                top(
                        "listeners: [ { address: 127.0.0.1:8081 } ]",
                        "1:1: admin.address: '127.0.0.1:8081' is taken by listeners[0].address; expected another port"),
                top(
                        "listeners: [ { address: 127.0.0.1:80 }, { address: 0.0.0.0:80 } ]",
                        "1:52: listeners[1].address: '0.0.0.0:80' is taken by listeners[0].address; expected another port"),
                text(
                        "pools: { a: { backends: [ http://localhost:8080 ] } }",
                        "1:27: pools.a.backends[0]: 'http://localhost:8080' is the balancer itself, which listens on 0.0.0.0:8080; expected another server"),
                text(
                        "listeners: [ { address: 10.0.0.1:80 } ]\npools: { a: { backends: [ http://10.0.0.1 ] } }",
                        "2:27: pools.a.backends[0]: 'http://10.0.0.1:80' is the balancer itself, which listens on 10.0.0.1:80; expected another server"),
                pool(
                        "health: { active: { expect-status: 200 } }",
                        "4:23: pools.shop.health.active: expects something of a response but has no path; expected a path, such as /healthz: without one, a check only opens a connection"),
                pool(
                        "health: { passive: { base-ejection: 400s } }",
                        "4:24: pools.shop.health.passive: base-ejection is longer than max-ejection; expected at most as long"),
                pool("strategy: unlucky", "4:15: pools.shop.strategy: 'unlucky' is unknown"));
    }

    static Stream<Arguments> clusters() {
        return Stream.of(
                top(
                        "cluster: true",
                        "1:10: cluster: 'true' does not fit here; expected a mapping such as { peers: [10.0.0.1, 10.0.0.2, 10.0.0.3] }"),
                top("cluster: {}", "1:10: cluster.peers: missing; expected a list of other nodes"),
                top(
                        "cluster: { peers: 10.0.0.1 }",
                        "1:19: cluster.peers: '10.0.0.1' does not fit here; expected a list of other nodes"),
                top("cluster: { peers: [a], peer: [b] }", "1:24: cluster.peer: unknown key; did you mean 'peers'?"),
                cluster(
                        "name: Weir",
                        "1:30: cluster.name: 'Weir' is not a cluster's name; expected a name of lower case letters, digits and dashes"),
                cluster(
                        "name: -x",
                        "1:30: cluster.name: '-x' is not a cluster's name; expected a name of lower case letters, digits and dashes"),
                cluster(
                        "node: ' '",
                        "1:30: cluster.node: ' ' is not a node's name; expected 1 to 63 characters on one line"),
                cluster(
                        "address: 0.0.0.0",
                        "1:33: cluster.address: '0.0.0.0' stands for every address; expected one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers"),
                cluster(
                        "address: '[::]:5701'",
                        "1:33: cluster.address: '[::]:5701' stands for every address; expected one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers"),
                cluster(
                        "address: '::'",
                        "1:33: cluster.address: '::' stands for every address; expected one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers"),
                cluster(
                        "address: 'fd00::1:5701:'",
                        "1:33: cluster.address: 'fd00::1:5701:' is not the address of a node; expected one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers"),
                cluster(
                        "address: 10.0.0.256",
                        "1:33: cluster.address: '10.0.0.256' has a host that is neither a name nor an IP address; expected one such as 127.0.0.1"),
                cluster(
                        "address: '10.0.0.1:0'",
                        "1:33: cluster.address: '10.0.0.1:0' has a port out of range; expected 1 to 65535"),
                cluster(
                        "address: http://10.0.0.1:5701",
                        "1:33: cluster.address: 'http://10.0.0.1:5701' is not the address of a node; expected one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers"),
                cluster(
                        "address: 127.0.0.1:8081",
                        "1:33: cluster.address: '127.0.0.1:8081' is taken by admin.address; expected another port"),
                cluster(
                        "address: 10.0.0.1:8080",
                        "1:33: cluster.address: '10.0.0.1:8080' is taken by listeners.address; expected another port"),
                cluster("probers: 0", "1:33: cluster.probers: '0' is out of range; expected 1 to 100"),
                top(
                        "cluster: { peers: [10.0.0.1, 10.0.0.2:99999, '10.0.0.1:5701'] }",
                        "1:30: cluster.peers[1]: '10.0.0.2:99999' has a port out of range; expected 1 to 65535",
                        "1:46: cluster.peers[2]: '10.0.0.1:5701' is a duplicate of cluster.peers[0]; expected each node once"),
                top(
                        "cluster: { peers: ['fd00::1', '[FD00::1]', '::'] }",
                        "1:31: cluster.peers[1]: '[fd00::1]:5701' is a duplicate of cluster.peers[0]; expected each node once",
                        "1:44: cluster.peers[2]: '::' stands for every address; expected one such as 10.0.0.1, 10.0.0.1:5701 or weir-peers"));
    }

    /** In line 1, from column 24 on. */
    private static Arguments cluster(String yaml, String expected) {
        return top("cluster: { peers: [a], " + yaml + " }", expected);
    }

    @Test
    void allMistakesAreToldAtOnceInTheOrderOfLines() {
        String yaml = """
                listeners:
                  - address: 0.0.0.0:8081
                    timeout: { keep-alive: 1s }
                routes:
                  - { pool: blog }
                pools:
                  shop:
                    timeouts:
                      connect: 1 sec
                    backends:
                      - http://127.0.0.1:8081
                      - https://127.0.0.1:9002
                """;
        assertThat(problemsOf(yaml))
                .containsExactly(
                        "1:1: admin.address: '127.0.0.1:8081' is taken by listeners[0].address; expected another port",
                        "3:5: listeners[0].timeout: unknown key; did you mean 'timeouts'?",
                        "5:13: routes[0].pool: 'blog' is not a pool; expected one of shop",
                        "9:16: pools.shop.timeouts.connect: '1 sec' is not a duration;"
                                + " expected a number with ms, s, m or h, such as 250ms",
                        "11:9: pools.shop.backends[0]: 'http://127.0.0.1:8081' is the balancer itself,"
                                + " which listens on 0.0.0.0:8081; expected another server",
                        "12:9: pools.shop.backends[1]: 'https://127.0.0.1:9002': TLS to backends is not supported yet;"
                                + " use http");
    }

    private static Arguments top(String line, String... expected) {
        return text(line + "\n" + POOLS, expected);
    }

    private static Arguments pool(String line, String... expected) {
        return text("pools:\n  shop:\n    backends: [ http://127.0.0.1:9001 ]\n    " + line + "\n", expected);
    }

    private static Arguments text(String yaml, String... expected) {
        return arguments(yaml, List.of(expected));
    }

    private static List<String> problemsOf(String yaml) {
        StrategyCheck check = strategy -> strategy.name().equals("unlucky") ? "'unlucky' is unknown" : null;
        ConfigException thrown =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse("conf/x.yaml", yaml, check));
        assertThat(thrown).as("accepted").isNotNull();
        return thrown.problems().stream()
                .map(problem -> problem.toString().substring("conf/x.yaml:".length()))
                .toList();
    }
}
