package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TicksTest {
    private final Vertx vertx = Vertx.vertx();
    private final Context control = vertx.getOrCreateContext();
    private final Ticks ticks = new Ticks(vertx);

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private <T> T onControl(Supplier<Future<T>> task) {
        Promise<T> result = Promise.promise();
        control.runOnContext(any -> task.get().onComplete(result));
        return result.future().await();
    }

    @Test
    void anActionIsDoneAgainAndAgain() {
        AtomicInteger done = new AtomicInteger();
        onControl(() -> {
            ticks.every(1, done::incrementAndGet);
            return Future.succeededFuture();
        });

        Await.untilTrue(() -> done.get() >= 3, "three ticks");
    }

    @Test
    void nothingIsDoneOnceTheyAreStopped() {
        AtomicInteger done = new AtomicInteger();
        int before = onControl(() -> {
            ticks.every(1, done::incrementAndGet);
            return vertx.timer(20).map(any -> {
                ticks.stop();
                ticks.every(1, done::incrementAndGet);
                return done.get();
            });
        });

        int after = onControl(() -> vertx.timer(30).map(any -> done.get()));
        assertThat(after).isEqualTo(before);
    }
}
