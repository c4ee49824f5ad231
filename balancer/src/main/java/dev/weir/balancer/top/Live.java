package dev.weir.balancer.top;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/** Draws one picture after the other until somebody has seen enough. A balancer that does not answer is asked again and again. */
public final class Live {
    private static final String KEYS = "q quit   s sort   arrows, space, b, g scroll";
    private static final long LOOK_MILLIS = 100;

    private final Source source;
    private final String asked;
    private final @Nullable String pool;
    private final Duration interval;
    private final boolean coloured;
    private final AtomicReference<State> state;
    private Order order;
    private int top;

    /** Asks the balancer; blocks. */
    @FunctionalInterface
    public interface Source {
        /** @throws IOException if there is no answer; the message is for users */
        Reading read() throws IOException, InterruptedException;
    }

    /**
     * What is known.
     *
     * @param number of the answers and failures so far
     * @param before the reading before the last one; null: there was none, or long ago
     * @param problem why there is no newer one; null: there is no problem
     */
    private record State(
            long number,
            @Nullable Reading before,
            Reading now,
            @Nullable String problem) {}

    /**
     * @param first what was read already
     * @param asked whose admin port it is
     * @param pool only this one; null: all
     * @param coloured whether colours are wanted
     */
    public Live(
            Source source,
            Reading first,
            String asked,
            @Nullable String pool,
            Order order,
            Duration interval,
            boolean coloured) {
        this.source = source;
        this.asked = asked;
        this.pool = pool;
        this.order = order;
        this.interval = interval;
        this.coloured = coloured;
        this.state = new AtomicReference<>(new State(0, null, first, null));
    }

    /**
     * Returns when the user quits.
     *
     * @throws IOException if there is no terminal to draw on; the message is for users
     */
    public void run() throws IOException {
        ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().name("weir-top-asks").daemon().unstarted(task));
        try (Screen screen = Screen.open()) {
            asking.scheduleAtFixedRate(this::ask, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
            long drawn = -1;
            Key key = Key.NONE;
            while (key != Key.QUIT) {
                boolean resized = screen.resized();
                State now = state.get();
                if (resized || now.number != drawn || key != Key.NONE) {
                    screen.draw(picture(now, key, screen.width(), screen.height()));
                    drawn = now.number;
                }
                key = screen.key(LOOK_MILLIS);
            }
        } finally {
            asking.shutdownNow();
        }
    }

    private void ask() {
        State last = state.get();
        try {
            Reading next = source.read();
            // After a pause, the last reading is too old to tell how fast things go now.
            state.set(new State(last.number + 1, last.problem == null ? last.now : null, next, null));
        } catch (IOException | RuntimeException e) {
            state.set(new State(last.number + 1, last.before, last.now, String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody looks any more
        }
    }

    private List<AttributedString> picture(State now, Key key, int width, int height) {
        if (key == Key.SORT) {
            order = order.next();
        }
        List<AttributedString> all = frame(now, width);
        int room = Math.max(0, height - 1);
        top = Math.clamp(top + scroll(key, room), 0, Math.max(0, all.size() - room));
        List<AttributedString> lines = new ArrayList<>(all.subList(top, Math.min(all.size(), top + room)));
        while (lines.size() < room) {
            lines.add(AttributedString.EMPTY);
        }
        lines.add(foot(now, all.size(), room, width));
        return coloured ? lines : lines.stream().map(Live::plain).toList();
    }

    private List<AttributedString> frame(State now, int width) {
        try {
            return Frame.of(now.before, now.now, asked, pool, order, width);
        } catch (IllegalArgumentException e) { // the balancer was started anew, with other pools
            return List.of(Table.cut(new AttributedString(String.valueOf(e.getMessage())), width));
        }
    }

    private int scroll(Key key, int page) {
        return switch (key) {
            case UP -> -1;
            case DOWN -> 1;
            case PAGE_UP -> -page;
            case PAGE_DOWN -> page;
            case TOP -> -top;
            case NONE, QUIT, SORT -> 0;
        };
    }

    private AttributedString foot(State now, int lines, int room, int width) {
        if (now.problem != null) {
            return Table.cut(new AttributedString("trying again: " + now.problem, Trouble.BAD.style()), width);
        }
        String part = lines > room
                ? "lines " + (top + 1) + " to " + Math.min(lines, top + room) + " of " + lines + "   "
                : "";
        String text = part + "sorted by " + order.word() + "   every " + seconds() + "   " + KEYS;
        return Table.cut(new AttributedString(text, AttributedStyle.DEFAULT.faint()), width);
    }

    private String seconds() {
        return Figure.seconds(interval.toNanos() / (double) TimeUnit.SECONDS.toNanos(1));
    }

    private static AttributedString plain(AttributedString line) {
        return new AttributedString(line.toString());
    }
}
