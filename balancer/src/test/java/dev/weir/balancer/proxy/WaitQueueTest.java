package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class WaitQueueTest {
    /** Waits, and writes down when it is woken. */
    private static final class Named implements WaitQueue.Waiter {
        private final String name;
        private final List<String> woken;
        private boolean gone;
        private boolean room;

        Named(String name, List<String> woken) {
            this.name = name;
            this.woken = woken;
        }

        @Override
        public void wake() {
            woken.add(name);
        }

        @Override
        public boolean gone() {
            return gone;
        }

        @Override
        public boolean seesRoom() {
            return room;
        }
    }

    private final List<String> woken = new ArrayList<>();
    private final WaitQueue queue = new WaitQueue(2);
    private final Named first = new Named("first", woken);
    private final Named second = new Named("second", woken);
    private final Named third = new Named("third", woken);

    @Test
    void firstComeFirstServed() {
        queue.offer(first);
        queue.offer(second);
        queue.wakeOne();
        assertThat(woken).containsExactly("first");
        queue.wakeOne();
        assertThat(woken).containsExactly("first", "second");
        queue.wakeOne();
        assertThat(woken).hasSize(2);
    }

    @Test
    void noMoreThanTheCapacityWait() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.offer(first)).isTrue();
        assertThat(queue.offer(second)).isTrue();
        assertThat(queue.offer(third)).isFalse();
        assertThat(queue.size()).isEqualTo(2);
        queue.wakeOne();
        assertThat(queue.offer(third)).isTrue();
        assertThat(new WaitQueue(0).offer(first)).isFalse();
    }

    @Test
    void whoHasLeftIsNotWokenAndTakesNoSpace() {
        queue.offer(first);
        queue.offer(second);
        first.gone = true;
        queue.leave(first);
        assertThat(queue.offer(third)).isTrue();
        queue.wakeOne();
        assertThat(woken).containsExactly("second");
    }

    @Test
    void whoIsAboutToLeaveDoesNotSwallowAWakeUp() {
        queue.offer(first);
        queue.offer(second);
        first.gone = true;
        queue.wakeOne();
        assertThat(woken).containsExactly("second");
        queue.leave(first);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void whoFoundNoRoomAfterAllKeepsItsPlace() {
        queue.offer(first);
        queue.offer(second);
        queue.wakeOne();
        queue.offerAgain(first);
        queue.wakeOne();
        assertThat(woken).containsExactly("first", "first");
    }

    @Test
    void roomThatCameUpJustBeforeItQueuedIsNotOverlooked() {
        queue.offer(first);
        second.room = true;
        queue.offer(second);
        assertThat(woken).containsExactly("first");
    }

    /** One of several loops, each with its tasks, as event loops are. */
    private static final class Loop {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

        void runUntil(CountDownLatch done) {
            while (done.getCount() > 0) {
                Runnable task = tasks.poll();
                if (task == null) {
                    Thread.onSpinWait();
                } else {
                    task.run();
                }
            }
        }
    }

    /** A request that takes room for a while, or queues for it, as an exchange does; now and then it leaves the queue. */
    private static final class Request implements WaitQueue.Waiter {
        private static final int LIMIT = 2;

        private final Loop loop;
        private final WaitQueue queue;
        private final AtomicInteger inFlight;
        private final CountDownLatch done;
        private final boolean impatient;
        private volatile boolean queued;

        Request(Loop loop, WaitQueue queue, AtomicInteger inFlight, CountDownLatch done, boolean impatient) {
            this.loop = loop;
            this.queue = queue;
            this.inFlight = inFlight;
            this.done = done;
            this.impatient = impatient;
        }

        void start(boolean waited) {
            boolean behindOthers = !waited && !queue.isEmpty();
            if (!behindOthers && begin()) {
                loop.tasks.add(this::end);
                return;
            }
            queued = true;
            if (waited) {
                queue.offerAgain(this);
            } else if (!queue.offer(this)) {
                queued = false;
                done.countDown();
                return;
            }
            if (impatient) {
                loop.tasks.add(this::leave);
            }
        }

        private boolean begin() {
            int before;
            do {
                before = inFlight.get();
                if (before >= LIMIT) {
                    return false;
                }
            } while (!inFlight.compareAndSet(before, before + 1));
            return true;
        }

        private void end() {
            inFlight.decrementAndGet();
            queue.wakeOne();
            done.countDown();
        }

        private void leave() {
            if (queued) {
                queued = false;
                queue.leave(this);
                done.countDown();
            }
        }

        @Override
        public void wake() {
            loop.tasks.add(() -> {
                if (queued) {
                    queued = false;
                    start(true);
                }
                if (!queued && inFlight.get() < LIMIT) {
                    queue.wakeOne();
                }
            });
        }

        @Override
        public boolean gone() {
            return !queued;
        }

        @Override
        public boolean seesRoom() {
            return inFlight.get() < LIMIT;
        }
    }

    @Test
    void noWakeUpIsLostAmongEightThreads() throws InterruptedException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
        int requests = 40_000;
        WaitQueue shared = new WaitQueue(1_000);
        AtomicInteger inFlight = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(requests);
        List<Loop> loops = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            loops.add(new Loop());
        }
        for (int i = 0; i < requests; i++) {
            Loop loop = loops.get(random.nextInt(loops.size()));
            Request request = new Request(loop, shared, inFlight, done, random.nextInt(10) == 0);
            loop.tasks.add(() -> request.start(false));
        }
        List<Thread> threads = loops.stream()
                .map(loop -> Thread.ofPlatform().start(() -> loop.runUntil(done)))
                .toList();
        assertThat(done.await(60, TimeUnit.SECONDS)).as("all requests end").isTrue();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(inFlight.get()).isZero();
        assertThat(shared.isEmpty()).isTrue();
    }
}
