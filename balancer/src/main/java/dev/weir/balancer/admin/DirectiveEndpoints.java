package dev.weir.balancer.admin;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.DirectiveStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoints that change something: PUT gives a directive, DELETE takes it back. Control context. */
final class DirectiveEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(DirectiveEndpoints.class);
    static final int MAX_BODY = 4 * 1024;
    private static final int MOST_NAMED = 20;
    private static final String TOO_LONG = "the body is longer than " + MAX_BODY + " bytes";

    private final DirectiveStore store;
    private final List<BackendPool> pools;
    private final WriteGuard guard;
    private final LongSupplier epochMillis;

    DirectiveEndpoints(DirectiveStore store, List<BackendPool> pools, WriteGuard guard, LongSupplier epochMillis) {
        this.store = store;
        this.pools = List.copyOf(pools);
        this.guard = guard;
        this.epochMillis = epochMillis;
    }

    /** Before anything of the body is read: why it need not be. Null: {@link #answer} may follow. */
    @Nullable
    Page rejection(HttpServerRequest request, DirectivePath path) {
        boolean put = request.method().equals(HttpMethod.PUT);
        if (!put && !request.method().equals(HttpMethod.DELETE)) {
            request.response().putHeader(HttpHeaders.ALLOW, "PUT, DELETE");
            return Page.text(405, "only PUT and DELETE; GET /api/directives lists what there is");
        }
        String objection = guard.objection(request);
        if (objection != null) {
            LOG.warn(
                    "{} {} refused: {}",
                    request.method(),
                    DirectiveBody.quoted(String.valueOf(request.path())),
                    objection);
            return Page.text(403, objection);
        }
        Page unknown = unknown(path, put);
        if (unknown != null) {
            return unknown;
        }
        if (!put) {
            return AdminServer.hasBody(request) ? Page.text(413, "DELETE takes no body") : null;
        }
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (!isJson(type)) {
            return Page.text(
                    415,
                    "Content-Type: " + (type == null ? "none" : DirectiveBody.quoted(type))
                            + "; expected application/json");
        }
        return isTooLong(request.getHeader(HttpHeaders.CONTENT_LENGTH)) ? Page.text(413, TOO_LONG) : null;
    }

    /** In UTF-8, as JSON always is. */
    private static boolean isJson(@Nullable String type) {
        String bare = type == null ? "" : type.replaceAll("[ \\t\"]", "").toLowerCase(Locale.ROOT);
        return bare.equals("application/json") || bare.equals("application/json;charset=utf-8");
    }

    private static boolean isTooLong(@Nullable String length) {
        return length != null && (length.length() > 9 || Integer.parseInt(length) > MAX_BODY); // digits: it was parsed
    }

    /** A directive that stands may be taken back, whether or not this node knows what it is about. */
    private @Nullable Page unknown(DirectivePath path, boolean put) {
        if (!put && store.find(path.key()) != null) {
            return null;
        }
        BackendPool pool = pool(path);
        if (pool == null) {
            return Page.text(
                    404,
                    "no pool is named " + DirectiveBody.quoted(path.pool()) + "; there are "
                            + named(pools.stream().map(BackendPool::name)));
        }
        String id = path.backend();
        if (id != null && backend(pool, id) == null) {
            return Page.text(
                    404,
                    "pool " + pool.name() + " has no backend " + DirectiveBody.quoted(id) + "; it has "
                            + named(pool.backends().stream().map(Backend::id)));
        }
        return null;
    }

    private static String named(Stream<String> names) {
        List<String> all = names.toList();
        String first = all.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return all.size() > MOST_NAMED ? first + ", and " + (all.size() - MOST_NAMED) + " more" : first;
    }

    /** Reads the body, obeys, and tells what it has come to. */
    Future<Page> answer(HttpServerRequest request, DirectivePath path) {
        if (request.method().equals(HttpMethod.DELETE)) {
            takeBack(path.key(), peer(request));
            return Future.succeededFuture(outcome(path));
        }
        return body(request)
                .map(body -> body == null ? Page.text(413, TOO_LONG).closing() : put(path, body, peer(request)));
    }

    private static String peer(HttpServerRequest request) {
        return String.valueOf(request.remoteAddress());
    }

    private Page put(DirectivePath path, Buffer body, String peer) {
        Directive directive;
        try {
            directive = DirectiveBody.read(path.kind(), body, epochMillis.getAsLong());
        } catch (IllegalArgumentException e) {
            return Page.text(400, String.valueOf(e.getMessage()));
        }
        DirectiveKey key = path.key();
        if (directive == null) {
            takeBack(key, peer);
            return outcome(path);
        }
        LOG.info("directive {} from {}", key, peer);
        try {
            store.write(key, directive);
        } catch (IllegalStateException e) {
            return Page.text(503, "no room for one more directive: " + e.getMessage());
        }
        return outcome(path);
    }

    private void takeBack(DirectiveKey key, String peer) {
        LOG.info("directive {} taken back from {}", key, peer);
        store.remove(key);
    }

    private Page outcome(DirectivePath path) {
        BackendPool pool = pool(path);
        String id = path.backend();
        Backend backend = pool == null || id == null ? null : backend(pool, id);
        if (pool == null || (id != null && backend == null)) {
            return Page.text(200, "taken back; this node knows no such backend");
        }
        return Page.json(backend == null ? DirectivesReport.state(pool) : DirectivesReport.state(pool, backend));
    }

    /** @return null: it is too long */
    private static Future<@Nullable Buffer> body(HttpServerRequest request) {
        Promise<@Nullable Buffer> whole = Promise.promise();
        Buffer read = Buffer.buffer();
        request.handler(part -> {
            if (read.length() + part.length() > MAX_BODY) {
                whole.tryComplete(null);
            } else {
                read.appendBuffer(part);
            }
        });
        request.endHandler(end -> whole.tryComplete(read));
        request.exceptionHandler(whole::tryFail);
        return whole.future();
    }

    private @Nullable BackendPool pool(DirectivePath path) {
        return pools.stream()
                .filter(pool -> pool.name().equals(path.pool()))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Backend backend(BackendPool pool, String id) {
        return pool.backends().stream()
                .filter(backend -> backend.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
