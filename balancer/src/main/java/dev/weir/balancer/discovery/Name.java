package dev.weir.balancer.discovery;

import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.failure.ProxyException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What one name means, and when to ask for it again. Addresses that were good once are kept for as long as no source gives
 * others: a resolver that is down, or a record that somebody deleted, must not take down what still works.
 *
 * <p>Control context only.
 */
final class Name {
    /** An answer is renewed within this last part of its TTL, at random: balancers must not ask in step. */
    private static final double JITTER = 0.1;

    /** A name that does not resolve is asked for again after the shortest TTL, then after twice that, up to so long. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final String host;
    private final Resolver resolver;
    private final DnsConfig config;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final Names.Listener listener;
    private final List<Runnable> waiting = new ArrayList<>();
    private Known known;
    private boolean asking;
    private boolean asked;
    private int failures;
    private long askedNanos;
    private long nextNanos;

    Name(
            String host,
            Resolver resolver,
            DnsConfig config,
            LongSupplier nanoClock,
            RandomGenerator random,
            Names.Listener listener) {
        this.host = host;
        this.resolver = resolver;
        this.config = config;
        this.nanoClock = nanoClock;
        this.random = random;
        this.listener = listener;
        this.nextNanos = nanoClock.getAsLong();
        this.known = new Known(List.of(), nextNanos, null, false);
    }

    Known known() {
        return known;
    }

    /** Asks again if it is time. */
    void tick() {
        if (!asking && nanoClock.getAsLong() - nextNanos >= 0) {
            ask();
        }
    }

    /**
     * Asks now, unless that was done a moment ago: then as soon as may be.
     *
     * @param answered called when what is known is as new as can be had, perhaps at once
     */
    void refresh(Runnable answered) {
        refresh();
        if (asking) {
            waiting.add(answered);
        } else {
            answered.run();
        }
    }

    /** The same for who does not wait. */
    void refresh() {
        long earliest = askedNanos + config.minTtl().toNanos();
        if (asking) {
            return;
        }
        if (!asked || nanoClock.getAsLong() - earliest >= 0) {
            ask();
        } else if (nextNanos - earliest > 0) {
            nextNanos = earliest;
        }
    }

    /** Completes when no question is open. */
    Future<Void> settled() {
        if (!asking) {
            return Future.succeededFuture();
        }
        Promise<Void> answered = Promise.promise();
        waiting.add(answered::complete);
        return answered.future();
    }

    private void ask() {
        asking = true;
        asked = true;
        askedNanos = nanoClock.getAsLong();
        resolver.resolve(host).onSuccess(this::answered);
    }

    private void answered(Answer answer) {
        asking = false;
        long now = nanoClock.getAsLong();
        Known before = known;
        switch (answer) {
            case Answer.Found found -> {
                failures = 0;
                nextNanos = now + renewal(found.ttl());
                known = new Known(merged(found), now, null, false);
            }
            case Answer.Nothing(ProxyException why, boolean gone) -> {
                nextNanos = now + pause(failures++);
                known = new Known(before.addresses(), before.confirmedNanos(), why, gone);
            }
        }
        listener.resolved(host, answer, before, known);
        List<Runnable> done = List.copyOf(waiting);
        waiting.clear();
        done.forEach(Runnable::run);
    }

    /** A family for which nobody answered keeps what it had; a set that stays the same keeps its order. */
    private List<InetAddress> merged(Answer.Found found) {
        List<InetAddress> merged = new ArrayList<>(found.addresses());
        for (InetAddress old : known.addresses()) {
            boolean unknown = old instanceof Inet4Address ? found.ipv4Unknown() : found.ipv6Unknown();
            if (unknown && !merged.contains(old)) {
                merged.add(old);
            }
        }
        return new HashSet<>(merged).equals(new HashSet<>(known.addresses())) ? known.addresses() : merged;
    }

    private long renewal(Duration ttl) {
        Duration clamped = longer(config.minTtl(), ttl.compareTo(config.maxTtl()) < 0 ? ttl : config.maxTtl());
        return (long) (clamped.toNanos() * (1 - JITTER * random.nextDouble()));
    }

    /** @param before failures in a row */
    private long pause(int before) {
        long longest = longer(config.minTtl(), LONGEST_PAUSE).toNanos();
        long pause = config.minTtl().toNanos() << Math.min(before, 10); // an hour times 1024 is no overflow
        return Math.min(longest, pause);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
