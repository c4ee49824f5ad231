package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LineRingTest {
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final LineRing ring = new LineRing(64, wakeUps::incrementAndGet);
    private final MemorySink memory = new MemorySink();

    @Test
    void linesComeOutAsTheyWentInAlsoAcrossTheEndOfTheRing() throws IOException {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            ring.offer(line(i));
            expected.append("{\"n\":").append(i).append("}\n");
            ring.drainTo(memory);
        }
        assertThat(memory.text()).isEqualTo(expected.toString());
        assertThat(ring.dropped()).isZero();
    }

    @Test
    void aLineWithoutRoomIsDroppedAndCountedAndLaterOnesFindRoomAgain() throws IOException {
        for (int i = 0; i < 10; i++) {
            ring.offer(line(i)); // 8 bytes each
        }
        assertThat(ring.dropped()).isEqualTo(2);
        ring.drainTo(memory);
        ring.offer(line(10));
        ring.drainTo(memory);

        assertThat(memory.text()).contains("{\"n\":7}\n{\"n\":10}\n").doesNotContain("\"n\":8");
        assertThat(ring.dropped()).isEqualTo(2);
    }

    @Test
    void theWriterIsWokenOnceWhenTheRingBecomesHalfFull() {
        for (int i = 0; i < 4; i++) {
            ring.offer(line(i));
        }
        assertThat(wakeUps).hasValue(0);
        for (int i = 4; i < 10; i++) {
            ring.offer(line(i));
        }
        assertThat(wakeUps).hasValue(1);
    }

    @Test
    void linesThatTheSinkDidNotTakeAreCounted() {
        for (int i = 0; i < 5; i++) {
            ring.offer(line(i));
        }
        memory.failAfter(20); // two lines and a half

        assertThatThrownBy(() -> ring.drainTo(memory)).isInstanceOf(IOException.class);
        assertThat(ring.dropped()).isEqualTo(3);
    }

    @Test
    void betweenTwoThreadsNoLineIsTornAndNoneIsUnaccountedFor() throws Exception {
        int lines = 200_000;
        AtomicBoolean done = new AtomicBoolean();
        Thread consumer = Thread.ofPlatform().start(() -> {
            boolean last;
            do {
                last = done.get();
                try {
                    ring.drainTo(memory);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            } while (!last);
        });
        for (int i = 0; i < lines; i++) {
            ring.offer(line(i));
        }
        done.set(true);
        consumer.join();

        List<String> seen = memory.text().lines().toList();
        assertThat(seen).allMatch(text -> text.matches("\\{\"n\":\\d+}"));
        int[] numbers = seen.stream()
                .mapToInt(text -> Integer.parseInt(text.substring(5, text.length() - 1)))
                .toArray();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
        assertThat(numbers.length + ring.dropped()).isEqualTo(lines);
    }

    private static JsonLine line(int number) {
        JsonLine line = new JsonLine();
        line.open('{');
        line.name("n");
        line.number(number);
        line.end();
        return line;
    }
}
