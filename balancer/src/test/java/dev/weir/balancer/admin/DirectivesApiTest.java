package dev.weir.balancer.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.Address;
import dev.weir.balancer.config.AdminConfig;
import dev.weir.balancer.config.Cidr;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.LocalDirectives;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.Incidents;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.metrics.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators ask of the admin port, byte for byte, and who else may not. */
final class DirectivesApiTest {
    private static final long NOW = Instant.parse("2030-01-31T10:00:00Z").toEpochMilli();
    private static final String FIRST = "/api/pools/shop/backends/127.0.0.1:9001";
    private static final String SECOND = "/api/pools/shop/backends/%5B::1%5D:9002";
    private static final String CLOSED = "/api/pools/shop/maintenance";
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: ([0-9]+)");
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));

    private static final Vertx VERTX = Vertx.vertx();
    private final Metrics metrics = new Metrics("1.2.3", () -> 0);
    private final Backend first = backend("127.0.0.1", 9001);
    private final Backend second = backend("::1", 9002);
    private final BackendPool pool = new BackendPool(
            "shop", List.of(first, second), new Eligibility.Rules(null, 0, 0), set -> Picker.EMPTY, () -> 0);
    private final LocalDirectives directives = new LocalDirectives();
    private AdminServer admin;

    private record Answer(int status, String head, String text) {
        JsonObject json() {
            return new JsonObject(text);
        }
    }

    private static Backend backend(String host, int port) {
        return new Backend(new Endpoint(host, port), 1, 0, null, Map.of(), 0);
    }

    @BeforeEach
    void start() throws Exception {
        start(LOOPBACK);
        directives.listen(keys -> keys.forEach(this::follow));
    }

    private void start(List<Cidr> writers) throws Exception {
        Incidents incidents =
                new Incidents(new Changes(() -> NOW), PoolFacts::unknown, () -> 0, new SplittableRandom(1));
        admin = new AdminServer(
                VERTX,
                new AdminConfig(new Address("127.0.0.1", 0), writers),
                metrics,
                new Readiness(),
                new Liveness(List.of(), () -> 0, Duration.ofSeconds(10)),
                List.of(pool),
                new Dossiers(),
                incidents,
                directives,
                new ClusterReport(null, () -> "no cluster is configured"),
                () -> 0,
                () -> NOW);
        admin.start().await(10, SECONDS);
    }

    /** As the composition root does it. */
    private void follow(DirectiveKey key) {
        Directive directive = directives.find(key);
        for (Backend backend : pool.backends()) {
            if (backend.id().equals(key.backend())) {
                switch (key.kind()) {
                    case ADMIN ->
                        pool.admin(backend, directive instanceof Directive.OutOfUse out ? out.state() : Admin.ENABLED);
                    case WEIGHT ->
                        pool.weight(backend, directive instanceof Directive.Weight given ? given.weight() : -1);
                    case MAINTENANCE -> throw new AssertionError(key);
                }
            }
        }
        if (key.backend() == null) {
            pool.maintenance(directive instanceof Directive.Closed closed ? closed.maintenance() : null);
        }
    }

    @AfterEach
    void stop() throws Exception {
        admin.stop().await(10, SECONDS);
        metrics.close();
    }

    @AfterAll
    static void end() throws Exception {
        VERTX.close().await(10, SECONDS);
    }

    // ---- what is asked for

    @Test
    void aBackendIsDrainedAndEnabledAgain() throws Exception {
        Answer drained = put(FIRST + "/admin", "{\"admin\": \"draining\"}");
        assertThat(drained.status()).isEqualTo(200);
        assertThat(drained.json().getString("admin")).isEqualTo("draining");
        assertThat(drained.json().getInteger("eligible_backends")).isEqualTo(1);
        assertThat(drained.json().containsKey("warning")).isFalse();
        assertThat(first.state().admin()).isEqualTo(Admin.DRAINING);
        JsonObject listed = new JsonObject(get("/api/directives").text());
        assertThat(listed.getJsonArray("directives"))
                .containsExactly(new JsonObject()
                        .put("pool", "shop")
                        .put("backend", "127.0.0.1:9001")
                        .put("admin", "draining")
                        .put("since", "2030-01-31T10:00:00Z")
                        .put("known", true));
        assertThat(put(FIRST + "/admin", "{\"admin\": \"enabled\"}").json().getString("admin"))
                .isEqualTo("enabled");
        assertThat(directives.current()).isEmpty();
        put(FIRST + "/admin", "{\"admin\": \"disabled\"}");
        assertThat(first.state().admin()).isEqualTo(Admin.DISABLED);
        assertThat(delete(FIRST + "/admin").json().getString("admin")).isEqualTo("enabled");
        assertThat(first.state().admin()).isEqualTo(Admin.ENABLED);
    }

    @Test
    void aWeightIsGivenAndTakenBack() throws Exception {
        JsonObject given = put(SECOND + "/weight", "{\"weight\": 0}").json();
        assertThat(given.getString("backend")).isEqualTo("[::1]:9002");
        assertThat(given.getInteger("weight")).isZero();
        assertThat(given.getInteger("configured_weight")).isEqualTo(1);
        assertThat(given.getInteger("eligible_backends")).isEqualTo(1);
        assertThat(put("/api/pools/shop/backends/[::1]:9002/weight", "{\"weight\":1000}")
                        .json()
                        .getInteger("weight"))
                .isEqualTo(1_000);
        assertThat(delete(SECOND + "/weight").json().getInteger("weight")).isEqualTo(1);
    }

    @Test
    void aPoolIsClosedAndOpenedAgain() throws Exception {
        JsonObject closed = put(CLOSED, "{\"message\": \"Zurück um zwölf.\", \"until\": \"2030-01-31T13:00:00+01:00\"}")
                .json();
        assertThat(closed.getJsonObject("maintenance"))
                .isEqualTo(new JsonObject().put("message", "Zurück um zwölf.").put("until", "2030-01-31T12:00:00Z"));
        assertThat(closed.containsKey("warning")).as("it was asked for").isFalse();
        assertThat(get("/api/pools").text()).contains("Zurück um zwölf.");
        JsonObject open = delete(CLOSED).json();
        assertThat(open.getValue("maintenance")).isNull();
        assertThat(open.getInteger("eligible_backends")).isEqualTo(2);
    }

    @Test
    void whoeverTakesOutTheLastBackendIsToldSo() throws Exception {
        put(FIRST + "/admin", "{\"admin\": \"draining\"}");
        assertThat(put(SECOND + "/weight", "{\"weight\": 0}").json().getString("warning"))
                .isEqualTo("no backend of pool shop gets requests now: operators took out all of them, and clients get"
                        + " 503");
    }

    @Test
    void whatAnotherNodeKnowsMayBeTakenBackHere() throws Exception {
        directives.write(DirectiveKey.admin("other", "a:1"), new Directive.OutOfUse(Admin.DRAINING, NOW));
        assertThat(new JsonObject(get("/api/directives").text())
                        .getJsonArray("directives")
                        .getJsonObject(0)
                        .getBoolean("known"))
                .isFalse();
        assertThat(delete("/api/pools/other/backends/a:1/admin").status()).isEqualTo(200);
        assertThat(directives.current()).isEmpty();
        assertThat(delete("/api/pools/other/backends/a:1/admin").status()).isEqualTo(404);
    }

    // ---- what makes no sense

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/admin       | {\"admin\": \"drain\"}  | admin: \"drain\"; expected enabled, draining or disabled",
                "/admin       | {\"admin\": null}       | admin: null; expected enabled, draining or disabled",
                "/admin       | {\"weight\": 3}         | unknown key \"weight\"; expected admin",
                "/admin       | {}                      | the key admin is missing; expected one such as {\"admin\": \"draining\"}",
                "/weight      | {\"weight\": 1001}      | weight: 1001; expected a whole number from 0 to 1000",
                "/weight      | {\"weight\": -1}        | weight: -1; expected a whole number from 0 to 1000",
                "/weight      | {\"weight\": 1.5}       | weight: 1.5; expected a whole number from 0 to 1000",
                "/weight      | {\"weight\": \"3\"}     | weight: \"3\"; expected a whole number from 0 to 1000",
                "/weight      | 3                       | the body is no JSON object; expected one such as {\"weight\": 3}",
                "/weight      | {\"weight\": 3          | the body is no JSON object; expected one such as {\"weight\": 3}",
                "/weight      | ''                      | the body is no JSON object; expected one such as {\"weight\": 3}",
                "/weight      | {\"weight\": 99999999999} | weight: 99999999999; expected a whole number from 0 to 1000",
            })
    void whatIsWrongIsNamedWithWhatIsExpected(String axis, String body, String message) throws Exception {
        Answer answer = put(FIRST + axis, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).isEqualTo(message + "\n");
        assertThat(directives.current()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"message\": 3} | message: 3; expected a text",
                "{\"message\": \" \"} | message: \" \" is empty; expected 1 to 500 characters on one line",
                "{\"message\": \"a\\nb\"} | message: \"a?b\" has a line break, a control character or half a character;"
                        + " expected 1 to 500 characters on one line",
                "{\"message\": \"x\", \"until\": \"noon\"} | until: \"noon\"; expected a moment to come, such as"
                        + " 2030-01-31T11:00:00Z",
                "{\"message\": \"x\", \"until\": \"2030-01-31T09:59:59Z\"} | until: \"2030-01-31T09:59:59Z\"; expected"
                        + " a moment to come, such as 2030-01-31T11:00:00Z",
                "{\"message\": \"x\", \"until\": \"+99999999-01-31T09:59:59Z\"} | until: \"+99999999-01-31T09:59:59Z\";"
                        + " expected a moment to come, such as 2030-01-31T11:00:00Z",
                "{\"message\": \"x\", \"until\": 7} | until: 7; expected a moment to come, such as 2030-01-31T11:00:00Z",
            })
    void soWithMessages(String body, String message) throws Exception {
        Answer answer = put(CLOSED, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).isEqualTo(message + "\n");
    }

    @Test
    void jsonThatIsNestedAbsurdlyIsNoJsonObject() throws Exception {
        assertThat(put(CLOSED, "[".repeat(4_000)).status()).isEqualTo(400);
        assertThat(put(CLOSED, "{\"message\":".repeat(300)).status()).isEqualTo(400);
    }

    @Test
    void whatThereIsIsNamedWhereSomethingIsUnknown() throws Exception {
        assertThat(put("/api/pools/shop/backends/127.0.0.1:9003/admin", "{\"admin\":\"draining\"}"))
                .isEqualTo(text(404, "pool shop has no backend \"127.0.0.1:9003\"; it has 127.0.0.1:9001, [::1]:9002"));
        assertThat(put("/api/pools/shoop/maintenance", "{\"message\":\"x\"}"))
                .isEqualTo(text(404, "no pool is named \"shoop\"; there are shop"));
        assertThat(put("/api/pools/%0a%1b/maintenance", "{}").text()).startsWith("no pool is named \"??\"");
        assertThat(put("/api/pools/%zz/maintenance", "{}").status())
                .as("no path at all")
                .isEqualTo(413);
    }

    private static Answer text(int status, String line) {
        return new Answer(status, "", line + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PATCH", "OPTIONS"})
    void otherMethodsAreToldWhichOnesWork(String method) throws Exception {
        Answer answer = send(method + " " + FIRST + "/admin HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.head()).containsIgnoringCase("allow: PUT, DELETE");
        assertThat(answer.head()).doesNotContainIgnoringCase("access-control");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Content-Type: application/json; charset=iso-8859-1\r\n",
                "Content-Type: application/jsonp\r\n"
            })
    void aBodyIsJsonAndSaysSo(String type) throws Exception {
        Answer answer = request("PUT", FIRST + "/weight", type, "{\"weight\":3}");
        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.text()).endsWith("expected application/json\n");
        assertThat(directives.current()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=utf-8", "application/JSON;charset=\"UTF-8\""})
    void itsCharsetMayBeNamed(String type) throws Exception {
        assertThat(request("PUT", FIRST + "/weight", "Content-Type: " + type + "\r\n", "{\"weight\":3}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aBodyThatIsTooLongIsNotRead() throws Exception {
        Answer announced =
                send("PUT " + CLOSED + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + JSON + "Content-Length: 4097\r\n\r\nabc");
        assertThat(announced).isEqualTo(text(413, "the body is longer than 4096 bytes"));
        assertThat(send("PUT " + CLOSED + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + JSON
                        + "Content-Length: 999999999999999\r\n\r\nabc"))
                .isEqualTo(announced);
        Answer chunked = send("PUT " + CLOSED + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + JSON
                + "Transfer-Encoding: chunked\r\n\r\n" + ("400\r\n" + "x".repeat(0x400) + "\r\n").repeat(5));
        assertThat(chunked).isEqualTo(announced);
        assertThat(request("DELETE", CLOSED, "", "x").status()).isEqualTo(413);
        assertThat(put(CLOSED, "{\"message\": \"" + "x".repeat(500) + "\"" + " ".repeat(3_500) + "}")
                        .status())
                .as("within the bound")
                .isEqualTo(200);
    }

    // ---- who may

    @Test
    void aPeerThatIsNotListedMayOnlyRead() throws Exception {
        admin.stop().await(10, SECONDS);
        start(List.of(Cidr.parse("10.0.0.0/8")));
        assertThat(put(FIRST + "/weight", "{\"weight\":3}"))
                .isEqualTo(text(403, "directives are not taken from 127.0.0.1: admin.writers does not list it"));
        assertThat(delete(FIRST + "/weight").status()).isEqualTo(403);
        assertThat(get("/api/directives").status()).isEqualTo(200);
        assertThat(directives.current()).isEmpty();
    }

    @Test
    void whereNobodyIsListedThePortIsReadOnly() throws Exception {
        admin.stop().await(10, SECONDS);
        start(List.of());
        assertThat(put(FIRST + "/weight", "{\"weight\":3}"))
                .isEqualTo(text(403, "this port is read-only: admin.writers is empty"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 127.0.0.1:8081\r\nOrigin: http://evil.example\r\n",
                "Host: 127.0.0.1:8081\r\nOrigin: null\r\n",
                "Host: 127.0.0.1:8081\r\nOrigin: http://127.0.0.1:9999\r\n",
                "Host: 127.0.0.1:8081\r\nOrigin: https://127.0.0.1:8081\r\n",
                "Host: 127.0.0.1:8081\r\nOrigin: http://127.0.0.1:8081\r\nOrigin: http://evil.example\r\n",
                "Host: 127.0.0.1:8081\r\nSec-Fetch-Site: cross-site\r\n",
                "Host: 127.0.0.1:8081\r\nSec-Fetch-Site: same-site\r\nOrigin: http://127.0.0.1:8081\r\n",
                // a name that was bound to this port's address for just this purpose
                "Host: rebound.evil:8081\r\nOrigin: http://rebound.evil:8081\r\nSec-Fetch-Site: same-origin\r\n",
                "Host: 127.0.0.1.evil.example\r\nOrigin: http://127.0.0.1.evil.example\r\n",
                "Host: rebound.evil.example:8081\r\nSec-Fetch-Site: same-origin\r\n",
            })
    void noWebPageSpeaksThroughAnOperatorsBrowser(String fields) throws Exception {
        String body = "{\"weight\":0}";
        for (String request : List.of(
                "PUT " + FIRST + "/weight HTTP/1.1\r\n" + fields + JSON + "Content-Length: " + body.length()
                        + "\r\n\r\n" + body,
                "DELETE " + FIRST + "/weight HTTP/1.1\r\nConnection: close\r\n" + fields + "\r\n")) {
            Answer answer = send(request);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.text()).startsWith("directives are not taken from a web page");
        }
        assertThat(directives.current()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 127.0.0.1:8081\r\nOrigin: http://127.0.0.1:8081\r\nSec-Fetch-Site: same-origin\r\n",
                "Host: LocalHost:8081\r\nOrigin: http://localhost:8081\r\n",
                "Host: [::1]:8081\r\nOrigin: http://[::1]:8081\r\n",
                "Host: balancer-1.internal:8081\r\n", // curl, or weir
            })
    void itsOwnPagesAndProgramsMay(String fields) throws Exception {
        String body = "{\"weight\":7}";
        Answer answer = send("PUT " + FIRST + "/weight HTTP/1.1\r\nConnection: close\r\n" + fields + JSON
                + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(first.weight()).isEqualTo(7);
    }

    // ---- the wire

    private Answer put(String path, String body) throws IOException {
        return request("PUT", path, JSON, body);
    }

    private Answer delete(String path) throws IOException {
        return send("DELETE " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    }

    private Answer get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    }

    private Answer request(String method, String path, String fields, String body) throws IOException {
        return send(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + fields
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    private Answer send(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            StringBuilder bytes = new StringBuilder();
            while (bytes.indexOf("\r\n\r\n") < 0) {
                bytes.append((char) in.read());
            }
            String head = bytes.toString();
            int status = Integer.parseInt(head.substring(9, 12));
            Matcher length = LENGTH.matcher(head);
            assertThat(length.find()).isTrue();
            boolean none = request.startsWith("HEAD");
            String text =
                    none ? "" : new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
            // of an error the text is all that matters, but for the fields of 405
            return new Answer(status, status >= 400 && status != 405 ? "" : head, text);
        }
    }
}
