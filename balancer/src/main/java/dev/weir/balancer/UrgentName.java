package dev.weir.balancer;

import dev.weir.balancer.discovery.Names;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What event loops want to know of one name before its time. However many connects fail while the control context has other
 * things to do, there is one task for it. Thread-safe.
 */
final class UrgentName {
    private final String host;
    private final Names names;
    private final Context control;
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean posted = new AtomicBoolean();

    UrgentName(String host, Names names, Context control) {
        this.host = host;
        this.names = names;
        this.control = control;
    }

    /** Has the name asked for; nobody waits for the answer. */
    void ask() {
        if (posted.compareAndSet(false, true)) {
            control.runOnContext(ignored -> pass());
        }
    }

    /** @param answered called on the control context when what is known is as new as can be had */
    void ask(Runnable answered) {
        waiting.add(answered);
        ask();
    }

    private void pass() {
        posted.set(false); // first: who comes from now on is either taken along or asks again
        List<Runnable> taken = new ArrayList<>();
        Runnable next;
        while ((next = waiting.poll()) != null) {
            taken.add(next);
        }
        if (taken.isEmpty()) {
            names.refresh(host);
        } else {
            names.refresh(host, () -> taken.forEach(Runnable::run));
        }
    }
}
