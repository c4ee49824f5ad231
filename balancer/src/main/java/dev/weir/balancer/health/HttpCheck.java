package dev.weir.balancer.health;

import dev.weir.balancer.config.ActiveHealthConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passes if a GET is answered as expected by whichever of the backend's addresses accepts first. Follows no redirect: another
 * host's health is not the question.
 *
 * <p>Each check opens a connection of its own. A kept one would hide that the backend accepts no more, and would fail now and
 * then because the backend closed it for being idle.
 */
final class HttpCheck implements HealthCheck {
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int LONGEST_QUOTE = 80;
    private static final String USER_AGENT = "weir-health/"
            + Objects.requireNonNullElse(HttpCheck.class.getPackage().getImplementationVersion(), "dev");

    private final Targets targets;
    private final ActiveHealthConfig config;
    private final String path;
    private final HttpClient client;
    private final WebClient webClient;
    private boolean running;
    private @Nullable HttpConnection connection;

    /** @param path of the request, with query if there is one */
    HttpCheck(Vertx vertx, Targets targets, ActiveHealthConfig config, String path) {
        this.targets = targets;
        this.config = config;
        this.path = path;
        HttpClientOptions options = new HttpClientOptions().setKeepAlive(false).setMaxHeaderSize(MAX_HEAD_BYTES);
        this.client = vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(1).setCleanerPeriod(0)) // one at a time, none idle
                .withConnectHandler(this::connected)
                .build();
        this.webClient = WebClient.wrap(
                client, new WebClientOptions().setFollowRedirects(false).setUserAgent(USER_AGENT));
    }

    private void connected(HttpConnection opened) {
        connection = opened;
        opened.exceptionHandler(failure -> {}); // the request fails as well: no need to log it twice
        if (!running) {
            abort(); // too late
        }
    }

    @Override
    public Future<CheckResult> run() {
        List<SocketAddress> all = targets.next();
        if (all.isEmpty()) {
            return Future.succeededFuture(targets.unresolved());
        }
        running = true;
        return check(all, 0).onSuccess(result -> abort()); // Web Client leaves open what it did not read to the end
    }

    /** Asks at one address; if nobody accepts there, at the next one. */
    private Future<CheckResult> check(List<SocketAddress> all, int index) {
        return Future.<HttpResponse<String>>future(
                        promise -> request(all, index).send().onComplete(promise))
                .map(this::judge)
                .recover(failure -> running && connection == null && index + 1 < all.size()
                        ? check(all, index + 1)
                        : Future.succeededFuture(failed(failure)));
    }

    private HttpRequest<String> request(List<SocketAddress> all, int index) {
        return webClient
                .request(HttpMethod.GET, all.get(index), targets.port(), targets.host(), path)
                .connectTimeout(Targets.connectMillis(config.timeout(), all.size()))
                .as(BodyStart::new);
    }

    private static CheckResult failed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyStart.TooLong) {
                return CheckResult.failed("unexpected_body", "more than 1 MB of body: check a smaller page");
            }
        }
        return CheckResult.of(failure);
    }

    private CheckResult judge(HttpResponse<String> response) {
        if (!config.expectStatus().contains(response.statusCode())) {
            return CheckResult.failed(
                    "unexpected_status", "status " + response.statusCode() + ", expected " + config.expectStatus());
        }
        for (Map.Entry<String, String> expected : config.expectHeaders().entrySet()) {
            List<String> values = response.headers().getAll(expected.getKey());
            if (!values.contains(expected.getValue())) {
                return CheckResult.failed("unexpected_header", unexpected(expected, values));
            }
        }
        Pattern pattern = config.expectBody();
        if (pattern != null && !pattern.matcher(response.body()).find()) {
            return CheckResult.failed("unexpected_body", "no match of /" + pattern + "/ in the body's first 64 KB");
        }
        return CheckResult.PASSED;
    }

    private static String unexpected(Map.Entry<String, String> expected, List<String> values) {
        String found = values.isEmpty() ? "missing" : "'" + quote(String.join(", ", values)) + "'";
        return "header " + expected.getKey() + " is " + found + ", expected '" + expected.getValue() + "'";
    }

    private static String quote(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...";
    }

    @Override
    public void abort() {
        running = false;
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public Future<Void> close() {
        abort(); // the addresses that are left are not tried
        return client.close();
    }
}
