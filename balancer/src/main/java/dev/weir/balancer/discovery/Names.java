package dev.weir.balancer.discovery;

import dev.weir.balancer.config.DnsConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The names of all backends: each is resolved once for all that bear it, again when its answer expires, and early when a
 * connection fails. Control context only.
 */
public final class Names {
    private final Resolver resolver;
    private final DnsConfig config;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final Listener listener;
    private final Map<String, Name> names = new LinkedHashMap<>();
    private boolean stopped;

    /** Hears what came of each resolution, on the control context. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param before what was known before
         * @param known what is known now
         */
        void resolved(String host, Answer answer, Known before, Known known);
    }

    /** @param nanoClock never goes back */
    public Names(
            Resolver resolver, DnsConfig config, LongSupplier nanoClock, RandomGenerator random, Listener listener) {
        this.resolver = resolver;
        this.config = config;
        this.nanoClock = nanoClock;
        this.random = random;
        this.listener = (host, answer, before, known) -> {
            if (!stopped) {
                listener.resolved(host, answer, before, known);
            }
        };
    }

    /** From now on the name is kept resolved. Asks with the next {@link #tick} or {@link #start}. */
    public void add(String host) {
        names.computeIfAbsent(host, first -> new Name(host, resolver, config, nanoClock, random, listener));
    }

    /**
     * Asks for all names.
     *
     * @return completes when there is an answer for each of them, whatever it says
     */
    public Future<Void> start() {
        List<Future<Void>> answers = new ArrayList<>();
        for (Name name : names.values()) {
            Promise<Void> answered = Promise.promise();
            name.refresh(answered::complete);
            answers.add(answered.future());
        }
        return Future.all(answers).mapEmpty();
    }

    /** To be called about every 100 ms. */
    public void tick() {
        if (!stopped) {
            names.values().forEach(Name::tick);
        }
    }

    /**
     * Asks for a name before its time: nothing could be reached where it was said to be. No more often than once in {@link
     * DnsConfig#minTtl}.
     *
     * @param answered called when what is known is as new as can be had, perhaps at once
     */
    public void refresh(String host, Runnable answered) {
        Name name = names.get(host);
        if (name == null || stopped) {
            answered.run(); // null: an address, which means itself for ever
        } else {
            name.refresh(answered);
        }
    }

    /** The same for who does not wait. */
    public void refresh(String host) {
        Name name = names.get(host);
        if (name != null && !stopped) {
            name.refresh();
        }
    }

    /** What is known of a name that was {@linkplain #add added}. */
    public Known known(String host) {
        Name name = names.get(host);
        if (name == null) {
            throw new IllegalArgumentException("the name " + host + " was never added");
        }
        return name.known();
    }

    /**
     * Asks no more, and tells nothing more.
     *
     * @return completes when what was asked has been answered
     */
    public Future<Void> stop() {
        stopped = true;
        return Future.join(names.values().stream().map(Name::settled).toList())
                .<Void>mapEmpty()
                .onComplete(settled -> resolver.close());
    }
}
