package dev.weir.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.topic.ITopic;
import com.hazelcast.topic.Message;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One topic among Hazelcast's members. Two threads of its own wait for Hazelcast, so that nobody else has to: one starts it,
 * again and again if need be, and looks for other nodes; one sends.
 */
final class HazelcastTransport implements Transport {
    private static final String TOPIC = "weir";

    /** Messages that wait to be sent. Each is at most {@link Wire#MAX_MESSAGE_BYTES} long. */
    private static final int MAX_OUTBOX = 64;

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    /** Of the end: to send what waits, to leave in good order, and to leave in any order. */
    private static final Duration FLUSH = Duration.ofMillis(300);

    private static final Duration LEAVE = Duration.ofSeconds(6);
    private static final Duration TERMINATE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastTransport.class);

    private final HazelcastOptions options;
    private final Identity self;
    private final Seeds seeds;
    private final Counters counters;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;

    private final BlockingQueue<byte[]> outbox = new ArrayBlockingQueue<>(MAX_OUTBOX);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch flushed = new CountDownLatch(1);
    private volatile @Nullable Receiver receiver;
    private volatile @Nullable Connection connection;
    private volatile int peers;
    private volatile String link = "starting";
    private @Nullable Thread linker;

    private record Connection(HazelcastInstance member, ITopic<byte[]> topic) {
        boolean isRunning() {
            return member.getLifecycleService().isRunning();
        }
    }

    HazelcastTransport(
            HazelcastOptions options,
            Identity self,
            Seeds seeds,
            Counters counters,
            LongSupplier nanoClock,
            RandomGenerator random) {
        this.options = options;
        this.self = self;
        this.seeds = seeds;
        this.counters = counters;
        this.nanoClock = nanoClock;
        this.random = random;
    }

    @Override
    public synchronized void start(Receiver to) {
        receiver = to;
        linker = thread("weir-cluster-link", this::keepConnected);
        linker.start();
        thread("weir-cluster-send", this::sendAll).start();
    }

    private static Thread thread(String name, Runnable task) {
        return Thread.ofPlatform().name(name).daemon().unstarted(task);
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    // The thread that connects

    private void keepConnected() {
        Duration retry = FIRST_RETRY;
        while (!isClosing()) {
            try {
                seeds.resolve();
                Connection made = connect();
                retry = FIRST_RETRY;
                stayConnected(made);
            } catch (RuntimeException | Error e) {
                // Whatever Hazelcast throws, were it for want of threads: the next try may be luckier, and traffic does
                // not
                // depend on it.
                retry = failed(e, retry);
            } finally {
                disconnect();
            }
        }
    }

    private Duration failed(Throwable e, Duration retry) {
        Duration wait = retry.plusMillis(random.nextLong(retry.toMillis()));
        String why = e.getMessage() == null ? e.toString() : e.getMessage();
        link = "not connected: " + why;
        LOG.warn(
                "The cluster could not be joined; this node works alone, and tries again in {} ms: {}",
                wait.toMillis(),
                why);
        LOG.debug("Why the cluster could not be joined", e);
        await(closing, wait);
        return retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
    }

    private Connection connect() {
        link = "starting";
        HazelcastInstance member =
                Hazelcast.newHazelcastInstance(HazelcastSettings.config(options, "weir-" + self.id(), seeds));
        ITopic<byte[]> topic = member.getTopic(TOPIC);
        Connection made = new Connection(member, topic);
        connection = made;
        member.getCluster().addMembershipListener(new Members());
        member.getLifecycleService().addLifecycleListener(event -> membershipChanged());
        topic.addMessageListener(this::received);
        membershipChanged();
        return made;
    }

    /** Hazelcast forgets those that it lost sight of; the names may tell of new ones. */
    private void stayConnected(Connection made) {
        while (!await(closing, LOOK_AGAIN) && made.isRunning()) {
            seeds.resolve();
            membershipChanged();
        }
        if (!isClosing()) {
            LOG.warn("Hazelcast has shut itself down: it is started anew");
        }
    }

    private void disconnect() {
        Connection ended = connection;
        if (ended == null) {
            return;
        }
        if (isClosing()) {
            await(flushed, FLUSH);
        }
        connection = null;
        peers = 0;
        link = "left";
        try {
            ended.member.shutdown();
        } catch (RuntimeException | Error e) {
            LOG.warn("Hazelcast failed to leave", e);
        }
    }

    // What Hazelcast tells, on its threads

    private void membershipChanged() {
        Connection now = connection;
        Receiver to = receiver;
        if (now == null || to == null || !now.isRunning()) {
            return;
        }
        int others = now.member.getCluster().getMembers().size() - 1;
        boolean changed = others != peers;
        peers = others;
        link = "one of " + (others + 1) + " members of '"
                + now.member.getConfig().getClusterName() + "', at "
                + now.member.getCluster().getLocalMember().getAddress();
        if (changed) {
            to.membershipChanged();
        }
    }

    private final class Members implements MembershipListener {
        @Override
        public void memberAdded(MembershipEvent event) {
            membershipChanged();
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            membershipChanged();
        }
    }

    private void received(Message<byte[]> message) {
        Receiver to = receiver;
        boolean own = message.getPublishingMember() != null
                && message.getPublishingMember().localMember();
        // Anybody who reaches the port may publish anything.
        if (to != null && !own && (Object) message.getMessageObject() instanceof byte[] bytes) {
            to.received(bytes);
        }
    }

    // The thread that sends

    private void sendAll() {
        while (!isClosing() || !outbox.isEmpty()) {
            try {
                byte[] message = outbox.poll(100, TimeUnit.MILLISECONDS);
                if (message != null) {
                    publish(message);
                }
            } catch (InterruptedException e) {
                LOG.warn("Nobody should interrupt the cluster's thread");
            }
        }
        flushed.countDown();
    }

    private void publish(byte[] message) {
        Connection now = connection;
        long beganNanos = nanoClock.getAsLong();
        try {
            if (now == null) {
                counters.dropped(Drop.SEND_FAILED);
                return;
            }
            now.topic.publish(message);
        } catch (RuntimeException | Error e) {
            counters.dropped(Drop.SEND_FAILED);
            LOG.debug("A message was not sent", e);
        }
        counters.sendTook(nanoClock.getAsLong() - beganNanos);
    }

    @Override
    public boolean send(byte[] message) {
        return outbox.offer(message);
    }

    @Override
    public int peers() {
        return peers;
    }

    @Override
    public boolean isConnected() {
        Connection now = connection;
        return now != null && now.isRunning();
    }

    @Override
    public String link() {
        return link;
    }

    // The end

    @Override
    public synchronized void close() {
        closing.countDown();
        Thread ending = linker;
        Connection leaving = connection;
        // One that only starts has nobody to leave; it ends when it has started.
        if (ending == null || join(ending, leaving == null ? FLUSH : LEAVE) || leaving == null) {
            return;
        }
        LOG.warn("Hazelcast did not leave within {} s: left behind", LEAVE.toSeconds());
        Thread terminator = thread("weir-cluster-end", leaving.member.getLifecycleService()::terminate);
        terminator.start();
        join(terminator, TERMINATE);
    }

    private static boolean join(Thread thread, Duration patience) {
        try {
            return thread.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean await(CountDownLatch latch, Duration patience) {
        try {
            return latch.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return latch.getCount() == 0;
        }
    }
}
