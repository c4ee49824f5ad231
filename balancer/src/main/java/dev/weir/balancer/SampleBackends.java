package dev.weir.balancer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.stream.Stream;

/** Servers to balance load over where there are no others: on free ports of the loopback interface, in this process. */
final class SampleBackends {
    private static final List<Answer> STEADY = List.of(Answer.GREET);

    /** One in three fails, in turn by hanging up and by an error: often, but never often enough in a row to be ejected. */
    private static final List<Answer> FLAKY =
            List.of(Answer.GREET, Answer.GREET, Answer.HANG_UP, Answer.GREET, Answer.GREET, Answer.UNAVAILABLE);

    private static final long CRASH_MILLIS = 300;

    private final Vertx vertx;
    private final List<HttpServer> servers;

    private enum Answer {
        GREET,
        HANG_UP,
        /** After it has worked on the request for a while. */
        CRASH,
        UNAVAILABLE
    }

    private SampleBackends(Vertx vertx, List<HttpServer> servers) {
        this.vertx = vertx;
        this.servers = servers;
    }

    static Future<SampleBackends> start() {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        List<Future<HttpServer>> starting = Stream.of(
                        new Sample(vertx, "red", STEADY),
                        new Sample(vertx, "green", STEADY),
                        new Sample(vertx, "flaky", FLAKY),
                        new Sample(vertx, "new", List.of(Answer.CRASH)))
                .map(sample ->
                        vertx.createHttpServer().requestHandler(sample::answer).listen(0, "127.0.0.1"))
                .toList();
        return Future.all(starting)
                .map(all -> new SampleBackends(vertx, all.<HttpServer>list()))
                .onFailure(failure -> vertx.close());
    }

    /** Two that always answer, and a flaky one. */
    List<String> shop() {
        return urls().subList(0, 3);
    }

    /** One that always answers. */
    String steady() {
        return urls().getFirst();
    }

    /** One that crashes on each request. */
    String broken() {
        return urls().getLast();
    }

    private List<String> urls() {
        return servers.stream()
                .map(server -> "http://127.0.0.1:" + server.actualPort())
                .toList();
    }

    Future<Void> stop() {
        return vertx.close();
    }

    /** One of the servers. Thread: the only event loop. */
    private static final class Sample {
        private final Vertx vertx;
        private final String name;
        private final List<Answer> answers;
        private int requests;

        Sample(Vertx vertx, String name, List<Answer> answers) {
            this.vertx = vertx;
            this.name = name;
            this.answers = answers;
        }

        void answer(HttpServerRequest request) {
            if ("/healthz".equals(request.path())) {
                request.response().end("ok\n");
                return;
            }
            switch (answers.get(requests++ % answers.size())) {
                case GREET -> request.response().end("Hello from " + name + "\n");
                case HANG_UP -> request.connection().close();
                case CRASH ->
                    vertx.setTimer(CRASH_MILLIS, over -> request.connection().close());
                case UNAVAILABLE -> request.response().setStatusCode(503).end("Out of order\n");
            }
        }
    }
}
