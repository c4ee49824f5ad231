package dev.weir.balancer.admin;

import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.config.AdminConfig;
import dev.weir.balancer.directive.DirectiveStore;
import dev.weir.balancer.failure.IncidentId;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.Incidents;
import dev.weir.balancer.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operators' port: health endpoints for an orchestrator, the scrape for Prometheus, the state of the pools for people, and
 * what operators ask for: {@link DirectiveEndpoints}, the only ones that change anything. Depends on no backend.
 *
 * <p>Thread: the context that calls {@link #start}, which is to be the control context; a scrape is rendered on a worker.
 */
public final class AdminServer {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int MAX_REQUEST_LINE = 2 * 1024;
    private static final int MAX_HEAD = 8 * 1024;
    static final int MAX_CONNECTIONS = 256;
    private static final int IDLE_SECONDS = 30;
    private static final int LINGER_MILLIS = 1_000;
    private static final int WORTH_COMPRESSING = 1024;
    private static final String NO_SNIFFING = "X-Content-Type-Options";
    private static final String INCIDENTS = "/api/incidents";
    private static final String WRITABLE = """
            /api/pools/{pool}/backends/{backend}/admin   {"admin": "draining"}, or disabled, or enabled
            /api/pools/{pool}/backends/{backend}/weight  {"weight": 3}
            /api/pools/{pool}/maintenance                {"message": "Back at noon.", "until": "2030-01-31T12:00:00Z"}
            """;
    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final Vertx vertx;
    private final AdminConfig config;
    private final Metrics metrics;
    private final Readiness readiness;
    private final Liveness liveness;
    private final PoolsReport pools;
    private final IncidentsReport incidents;
    private final DirectivesReport directives;
    private final DirectiveEndpoints writable;
    private final HttpServer server;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private int connections;

    /** @param handler answers a GET or HEAD that has no body */
    private record Endpoint(String meaning, Function<HttpServerRequest, Future<Page>> handler) {}

    /**
     * @param nanoClock the one of the pools
     * @param epochMillis the wall clock
     */
    public AdminServer(
            Vertx vertx,
            AdminConfig config,
            Metrics metrics,
            Readiness readiness,
            Liveness liveness,
            List<BackendPool> pools,
            Dossiers dossiers,
            Incidents incidents,
            DirectiveStore directives,
            ClusterReport cluster,
            LongSupplier nanoClock,
            LongSupplier epochMillis) {
        this.vertx = vertx;
        this.config = config;
        this.metrics = metrics;
        this.readiness = readiness;
        this.liveness = liveness;
        this.pools = new PoolsReport(pools, metrics, nanoClock);
        this.incidents = new IncidentsReport(dossiers, incidents);
        this.directives = new DirectivesReport(directives, pools);
        this.writable = new DirectiveEndpoints(directives, pools, new WriteGuard(config.writers()), epochMillis);
        this.server = vertx.createHttpServer(options());
        endpoints.put("/", now("this list", request -> index()));
        endpoints.put("/livez", now("200 unless an event loop is stuck", request -> live()));
        endpoints.put("/readyz", now("200 while requests are welcome", request -> ready()));
        endpoints.put("/startupz", now("200 once the listeners are bound", request -> started()));
        endpoints.put("/metrics", new Endpoint("every meter, for Prometheus", this::scrape));
        endpoints.put("/api/pools", now("pools, backends and their states as JSON", request -> poolsPage()));
        endpoints.put("/api/directives", now("what operators asked for", request -> directivesPage()));
        endpoints.put(
                "/api/cluster",
                new Endpoint(
                        "the balancer's nodes, and what each says of each backend",
                        request -> cluster.json().map(Page::json)));
        endpoints.put(INCIDENTS, now("what failed and what to do about it, newest first", request -> incidentsPage()));
        endpoints.put(INCIDENTS + "/{id}", now("an incident, or a request by its X-Incident-Id", this::incidentPage));
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(MAX_HEAD)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(true)
                .setCompressionContentSizeThreshold(WORTH_COMPRESSING);
    }

    /**
     * Listens.
     *
     * @return failed with a message for the operator if the address cannot be had
     */
    public Future<Void> start() {
        return server.requestHandler(this::handle)
                .connectionHandler(this::connected)
                .listen(config.address().port(), config.address().host())
                .<Void>mapEmpty()
                .recover(e -> Future.failedFuture(new IOException(
                        "admin.address " + config.address() + ": cannot listen there: " + e.getMessage(), e)));
    }

    /** The port that it listens on, once started; for one who configured 0. */
    public int port() {
        return server.actualPort();
    }

    /** Closes the port and every connection. */
    public Future<Void> stop() {
        return server.close();
    }

    private void connected(HttpConnection connection) {
        connections++;
        connection.closeHandler(closed -> connections--);
        if (connections > MAX_CONNECTIONS) {
            connection.close();
        }
    }

    private void handle(HttpServerRequest request) {
        DirectivePath directive = DirectivePath.parse(request.path());
        if (directive != null) {
            handle(request, directive);
            return;
        }
        Endpoint endpoint = endpoint(request.path());
        if (hasBody(request)) {
            respond(request, Page.text(413, "no endpoint here takes a body").closing());
        } else if (endpoint == null) {
            respond(request, Page.text(404, "no such endpoint; GET / lists what there is"));
        } else if (!METHODS.contains(request.method())) {
            request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            respond(request, Page.text(405, "only GET and HEAD"));
        } else {
            respond(request, endpoint.handler.apply(request));
        }
    }

    private void handle(HttpServerRequest request, DirectivePath path) {
        Page rejection = writable.rejection(request, path);
        if (rejection == null) {
            respond(request, Future.succeededFuture(path).compose(to -> writable.answer(request, to)));
        } else {
            respond(request, hasBody(request) ? rejection.closing() : rejection);
        }
    }

    private void respond(HttpServerRequest request, Future<Page> answer) {
        answer.onSuccess(page -> respond(request, page)).onFailure(e -> {
            if (!request.response().closed()) { // else the client has left
                LOG.error("Admin endpoint {} failed", request.path(), e);
                respond(request, Page.text(500, "failed; the reason is in the log"));
            }
        });
    }

    private @Nullable Endpoint endpoint(@Nullable String path) {
        boolean one = path != null && path.startsWith(INCIDENTS + "/");
        return endpoints.get(one ? INCIDENTS + "/{id}" : path);
    }

    static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    private void respond(HttpServerRequest request, Page page) {
        if (request.response().closed()) {
            return;
        }
        if (page.closes()) { // after a while: at once would reset the connection, and the client could lose the answer
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            vertx.setTimer(LINGER_MILLIS, timer -> request.connection().close());
        }
        request.response()
                .setStatusCode(page.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, page.type())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(NO_SNIFFING, "nosniff")
                .putHeader(
                        HttpHeaders.CONTENT_LENGTH, Integer.toString(page.body().length()));
        if (request.method().equals(HttpMethod.HEAD)) {
            request.response().end();
        } else {
            request.response().end(page.body());
        }
    }

    private static Endpoint now(String meaning, Function<HttpServerRequest, Page> handler) {
        return new Endpoint(meaning, request -> Future.succeededFuture(request).map(handler)); // fails if that throws
    }

    private Page index() {
        StringBuilder text = new StringBuilder("Weir\n\n");
        endpoints.forEach((path, endpoint) -> text.append(String.format("%-22s%s%n", path, endpoint.meaning)));
        text.append("\nPUT, DELETE\n").append(WRITABLE);
        return Page.text(200, text.toString().stripTrailing());
    }

    private Page live() {
        String complaint = liveness.complaint();
        return complaint == null ? Page.text(200, "live") : Page.text(503, complaint);
    }

    private Page ready() {
        return switch (readiness.phase()) {
            case STARTING -> Page.text(503, "starting: the listeners are not bound yet");
            case SERVING -> serving();
            case DRAINING -> Page.text(503, "draining: about to stop");
        };
    }

    private Page serving() {
        String obstacle = readiness.obstacle();
        return obstacle == null ? Page.text(200, "ready") : Page.text(503, obstacle);
    }

    private Page started() {
        return readiness.phase() == Readiness.Phase.STARTING
                ? Page.text(503, "starting: the listeners are not bound yet")
                : Page.text(200, "started");
    }

    private Future<Page> scrape(HttpServerRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return vertx.executeBlocking(() -> metrics.scrape(accept))
                .map(text -> Page.of(200, Metrics.contentType(accept), Objects.requireNonNull(text)));
    }

    private Page poolsPage() {
        return Page.json(pools.json());
    }

    private Page directivesPage() {
        return Page.json(directives.list());
    }

    private Page incidentsPage() {
        return Page.json(incidents.list());
    }

    private Page incidentPage(HttpServerRequest request) {
        String id = Objects.requireNonNull(request.path()).substring(INCIDENTS.length() + 1); // it has led here
        if (IncidentId.parse(id) == null) {
            return Page.text(404, "that is no incident's id: it has 16 letters and digits, such as 1NG0C9M2X317RKTE");
        }
        JsonObject found = incidents.find(id);
        return found == null
                ? Page.text(404, "nothing is known of " + IncidentId.parse(id) + IncidentsReport.UNKNOWN)
                : Page.json(found);
    }
}
