package dev.weir.balancer;

import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.discovery.Answer;
import dev.weir.balancer.discovery.Known;
import dev.weir.balancer.discovery.Names;
import dev.weir.balancer.discovery.Resolver;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.proxy.AddressWatch;
import io.netty.util.NetUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control side of names: tells the backends that bear a name what it means, and everybody else what has changed. Control
 * context only, but for what says otherwise.
 *
 * <p>Of a name that is said to exist no longer, the last addresses are used until active checks find their backend down: then
 * they may belong to somebody else by now.
 */
final class NameControl implements AddressWatch {
    private static final Logger LOG = LoggerFactory.getLogger(NameControl.class);
    private static final long LAST_ANSWERS_MILLIS = 1_000;

    private final Context control;
    private final Metrics metrics;
    private final Changes changes;
    private final LongSupplier nanoClock;
    private final Names names;
    private final Map<String, List<Bearer>> bearers = new HashMap<>();
    /** Written on the control context; read by event loops. */
    private final Map<String, UrgentName> urgent = new ConcurrentHashMap<>();

    /** Addresses of which it was said that they fail where others work; until the list changes. */
    private final Map<Backend, Set<InetSocketAddress>> said = new HashMap<>();

    private Consumer<Backend> moved = backend -> {};

    private record Bearer(BackendPool pool, Backend backend) {}

    NameControl(
            Resolver resolver,
            DnsConfig config,
            Context control,
            Metrics metrics,
            Changes changes,
            LongSupplier nanoClock,
            RandomGenerator random) {
        this.control = control;
        this.metrics = metrics;
        this.changes = changes;
        this.nanoClock = nanoClock;
        this.names = new Names(resolver, config, nanoClock, random, this::resolved);
    }

    /** From now on the addresses of the pool's backends are kept up to date. */
    void add(BackendPool pool) {
        for (Backend backend : pool.backends()) {
            if (backend.isNamed()) {
                String host = backend.endpoint().host();
                names.add(host);
                urgent.computeIfAbsent(host, first -> new UrgentName(host, names, control));
                bearers.computeIfAbsent(host, first -> new ArrayList<>()).add(new Bearer(pool, backend));
            }
        }
        pool.listen(change -> {
            boolean fell = change.after().health() == BackendState.Health.DOWN
                    && change.before().health() != BackendState.Health.DOWN;
            if (fell && change.backend().isNamed()) {
                control.runOnContext(later -> publish(
                        new Bearer(pool, change.backend()),
                        names.known(change.backend().endpoint().host())));
            }
        });
    }

    /** @param listener hears of each backend that has other addresses than before, after these are out */
    void listen(Consumer<Backend> listener) {
        moved = listener;
    }

    /**
     * Asks for all names.
     *
     * @param patience how long answers are waited for
     * @return completes once all are there, or the time is over
     */
    Future<Void> start(Duration patience) {
        Promise<Void> done = Promise.promise();
        long timer = control.owner().setTimer(Math.max(1, patience.toMillis()), over -> done.tryComplete());
        names.start().onComplete(answered -> {
            control.owner().cancelTimer(timer);
            done.tryComplete();
        });
        return done.future();
    }

    /** To be called about every 100 ms. */
    void tick() {
        names.tick();
    }

    @Override
    public void unreachable(Backend backend) {
        UrgentName name = urgent.get(backend.endpoint().host());
        if (name != null) { // null: an address, which means itself for ever
            name.ask();
        }
    }

    @Override
    public void unreachable(Backend backend, Runnable answered) {
        UrgentName name = urgent.get(backend.endpoint().host());
        if (name == null) {
            answered.run();
        } else {
            name.ask(answered);
        }
    }

    @Override
    public void masked(Backend backend, InetSocketAddress failed, ProxyError error, InetSocketAddress accepted) {
        control.runOnContext(now -> {
            boolean listed = backend.addresses().list().contains(failed); // otherwise it has moved, which was said
            if (listed
                    && said.computeIfAbsent(backend, first -> new HashSet<>()).add(failed)) {
                LOG.warn(
                        "backend {}: {} {}, {} accepts; no request fails for it, but each of these addresses should work,"
                                + " or be listed no longer",
                        backend.id(),
                        NetUtil.toAddressString(failed.getAddress()),
                        error.token().replace('_', ' '),
                        NetUtil.toAddressString(accepted.getAddress()));
            }
        });
    }

    /**
     * Asks no more. Any thread.
     *
     * @return completes once no query is under way, or after a second: then the event loop may close what it still has
     */
    Future<Void> stop() {
        Promise<Void> done = Promise.promise();
        control.runOnContext(ignored -> {
            long timer = control.owner().setTimer(LAST_ANSWERS_MILLIS, over -> done.tryComplete());
            names.stop().onComplete(settled -> {
                control.owner().cancelTimer(timer);
                done.tryComplete();
            });
        });
        return done.future();
    }

    private void resolved(String host, Answer answer, Known before, Known known) {
        metrics.nameResolved(host, answer.label());
        say(host, answer, before, known);
        bearers.getOrDefault(host, List.of()).forEach(bearer -> publish(bearer, known));
    }

    private void publish(Bearer bearer, Known known) {
        Backend backend = bearer.backend;
        int port = backend.endpoint().port();
        boolean down = backend.state().health() == BackendState.Health.DOWN;
        Addresses before = backend.addresses();
        Addresses after = down ? known.withoutStale(port) : known.at(port);
        bearer.pool.addresses(backend, after);
        remember(bearer, before, after);
        if (isMove(before, after)) {
            said.remove(backend);
            moved.accept(backend);
        }
    }

    private static boolean isMove(Addresses before, Addresses after) {
        return !new HashSet<>(after.list()).equals(new HashSet<>(before.list()));
    }

    /** What may explain failures that come soon after. */
    private void remember(Bearer bearer, Addresses before, Addresses after) {
        ProxyException problem = after.problem();
        String pool = bearer.pool.name();
        String id = bearer.backend.id();
        if (isMove(before, after) && after.isEmpty()) {
            changes.backend(pool, id, "is looked for no longer at " + places(before));
        } else if (isMove(before, after) && !before.isEmpty()) {
            changes.backend(pool, id, "moved from " + places(before) + " to " + places(after));
        }
        if (problem != null && isNews(before.problem(), problem)) {
            changes.backend(pool, id, "could not be resolved anew: " + problem.detail());
        }
    }

    private static String places(Addresses addresses) {
        return text(addresses.list().stream().map(InetSocketAddress::getAddress).toList());
    }

    /** Once for each change, however often the same answer comes. */
    private void say(String host, Answer answer, Known before, Known known) {
        switch (answer) {
            case Answer.Found found -> {
                if (before.addresses().isEmpty()) {
                    LOG.info("{} is {}, says {}", host, text(known.addresses()), found.source());
                } else if (!known.addresses().equals(before.addresses())) {
                    LOG.info(
                            "addresses of {} changed from {} to {}, says {}",
                            host,
                            text(before.addresses()),
                            text(known.addresses()),
                            found.source());
                } else if (before.problem() != null) {
                    LOG.info("{} is still {}, says {}", host, text(known.addresses()), found.source());
                }
            }
            case Answer.Nothing(ProxyException why, boolean _) -> {
                if (isNews(before.problem(), why)) {
                    LOG.warn("{}; {}", why.detail(), consequence(known));
                }
            }
        }
    }

    private static boolean isNews(@Nullable ProxyException before, ProxyException now) {
        return before == null || before.error() != now.error() || !Objects.equals(before.rcode(), now.rcode());
    }

    private String consequence(Known known) {
        int count = known.addresses().size();
        if (count == 0) {
            return "no address of it is known: backends of this name get no requests";
        }
        long age = TimeUnit.NANOSECONDS.toSeconds(nanoClock.getAsLong() - known.confirmedNanos());
        return "using the " + (count == 1 ? "address" : count + " addresses") + " known " + age + " s ago";
    }

    private static String text(List<InetAddress> addresses) {
        return addresses.stream().map(NetUtil::toAddressString).collect(Collectors.joining(", "));
    }
}
