package dev.weir.balancer.top;

import dev.weir.balancer.incident.Amount;
import dev.weir.balancer.top.Reading.NodeSeen;
import dev.weir.balancer.top.Reading.PoolSeen;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/** One picture, line by line; no line is wider than it may be. */
public final class Frame {
    private final Reading now;
    private final Rates rates;
    private final String asked;
    private final Order order;
    private final int width;
    private final List<PoolSeen> pools;
    private final List<AttributedString> lines = new ArrayList<>();

    private Frame(@Nullable Reading before, Reading now, String asked, @Nullable String pool, Order order, int width) {
        this.now = now;
        this.rates = new Rates(before, now);
        this.asked = asked;
        this.order = order;
        this.width = width;
        this.pools = now.pools().stream()
                .filter(each -> pool == null || each.name().equals(pool))
                .toList();
    }

    /**
     * @param before an earlier reading, for rates; null: there is none
     * @param asked whose admin port it was
     * @param pool only this one; null: all
     * @param width columns of the terminal
     * @throws IllegalArgumentException if there is no such pool, with a message for users
     */
    public static List<AttributedString> of(
            @Nullable Reading before, Reading now, String asked, @Nullable String pool, Order order, int width) {
        Frame frame = new Frame(before, now, asked, pool, order, width);
        if (frame.pools.isEmpty() && pool != null) {
            throw new IllegalArgumentException("no pool " + pool + "; there are "
                    + now.pools().stream().map(PoolSeen::name).collect(Collectors.joining(", ")));
        }
        frame.write();
        return frame.lines;
    }

    private void write() {
        BackendTable table = new BackendTable(now, rates, pools, width);
        line(title(), AttributedStyle.BOLD);
        if (now.obstacle() != null) {
            line("not ready: " + now.obstacle(), Trouble.BAD.style());
        }
        if (now.link() != null) {
            line("cluster: " + now.link(), AttributedStyle.DEFAULT);
        }
        line("", AttributedStyle.DEFAULT);
        lines.addAll(new NodeTable(now, rates, table.isNumbered()).lines(width));
        for (PoolSeen pool : pools) {
            line("", AttributedStyle.DEFAULT);
            line(pool(pool), AttributedStyle.BOLD);
            if (pool.closed() != null) {
                line("closed " + pool.closed(), Trouble.WANTED.style());
            }
            lines.add(table.layout().titles());
            order.sorted(pool, rates)
                    .forEach(backend -> lines.add(table.layout().row(table.cells(pool, backend))));
        }
    }

    private void line(String text, AttributedStyle style) {
        lines.add(Table.cut(new AttributedString(text, style), width));
    }

    private String title() {
        long present = now.nodes().stream()
                .filter(node -> node.state().equals("fresh"))
                .count();
        int backends = pools.stream().mapToInt(pool -> pool.backends().size()).sum();
        long out = pools.stream()
                .flatMap(pool -> pool.backends().stream())
                .filter(backend -> backend.trouble() == Trouble.BAD)
                .count();
        String self = now.nodes().stream()
                .filter(NodeSeen::self)
                .map(NodeSeen::name)
                .findFirst()
                .orElse("");
        return "weir top  " + now.time().truncatedTo(ChronoUnit.SECONDS) + "  " + (self.isEmpty() ? "" : self + "  ")
                + (now.isOfCluster()
                        ? present + " of " + Amount.count(now.nodes().size(), "node") + ", "
                        : "")
                + Amount.count(backends, "backend") + ", " + out + " out  " + asked;
    }

    private String pool(PoolSeen pool) {
        return "pool " + pool.name() + "  " + Figure.rate(rates.requests(pool)) + " req/s  "
                + Figure.rate(rates.failed(pool)) + " failed/s  " + Figure.rate(rates.saved(pool)) + " saved/s  p50 "
                + Figure.seconds(rates.quantile(pool, 0.5)) + "  p99 " + Figure.seconds(rates.quantile(pool, 0.99))
                + "  " + pool.queued() + " queued";
    }
}
