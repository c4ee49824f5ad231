package dev.weir.balancer.top;

import dev.weir.balancer.top.Reading.NodeSeen;
import dev.weir.balancer.top.Reading.PoolSeen;
import dev.weir.balancer.top.Table.Cell;
import dev.weir.balancer.top.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jline.utils.AttributedString;

/** The nodes of the balancer; without a cluster, the one there is. */
final class NodeTable {
    private static final List<Column> COLUMNS = List.of(
            new Column("#", 1, true),
            new Column("NODE", 0, false),
            new Column("ID", 7, false),
            new Column("STATE", 2, false),
            new Column("CONFIG", 6, false),
            new Column("REQ/S", 4, true),
            new Column("IN FLIGHT", 5, true),
            new Column("HEARD", 3, true));
    private static final int SHORT_ID = 8;

    private final Reading now;
    private final Rates rates;
    private final boolean numbered;

    /** @param numbered whether other tables speak of the nodes by number */
    NodeTable(Reading now, Rates rates, boolean numbered) {
        this.now = now;
        this.rates = rates;
        this.numbered = numbered;
    }

    List<AttributedString> lines(int width) {
        List<List<Cell>> rows = new ArrayList<>();
        if (now.nodes().isEmpty()) {
            rows.add(alone());
        }
        for (int i = 0; i < now.nodes().size(); i++) {
            rows.add(row(i + 1, now.nodes().get(i)));
        }
        Table.Layout layout = new Table(COLUMNS, rows).layout(width);
        List<AttributedString> lines = new ArrayList<>();
        lines.add(layout.titles());
        rows.forEach(row -> lines.add(layout.row(row)));
        return lines;
    }

    private List<Cell> row(int number, NodeSeen node) {
        return List.of(
                Cell.of(numbered ? Integer.toString(number) : ""),
                Cell.of(node.name() + (node.self() ? " *" : "")),
                Cell.of(node.id().substring(0, Math.min(SHORT_ID, node.id().length()))),
                state(node),
                node.self() ? Cell.of("") : configuration(node),
                Cell.of(Integer.toString(node.requestsPerSecond())),
                Cell.of(Integer.toString(node.inFlight())),
                Cell.of(node.self() ? "" : Figure.seconds(node.ageMillis() / (double) TimeUnit.SECONDS.toMillis(1))));
    }

    private static Cell configuration(NodeSeen node) {
        return node.sameConfiguration() ? Cell.of("same") : Cell.of("differs", Trouble.DOUBTFUL);
    }

    private static Cell state(NodeSeen node) {
        if (!node.state().equals("fresh")) {
            return Cell.of(node.state(), node.state().equals("leaving") ? Trouble.WANTED : Trouble.BAD);
        }
        if (node.suspectsItself()) {
            return Cell.of("suspects itself", Trouble.BAD);
        }
        return node.ready() ? Cell.of("fresh") : Cell.of("not ready", Trouble.DOUBTFUL);
    }

    private List<Cell> alone() {
        double answered = 0;
        int inFlight = 0;
        for (PoolSeen pool : now.pools()) {
            for (Reading.BackendSeen backend : pool.backends()) {
                answered += rates.answered(pool, backend);
                inFlight += backend.inFlight();
            }
        }
        Cell none = Cell.of("");
        return List.of(
                none,
                Cell.of("this node"),
                none,
                now.obstacle() == null ? Cell.of("ready") : Cell.of("not ready", Trouble.DOUBTFUL),
                none,
                Cell.of(Figure.rate(answered)),
                Cell.of(Integer.toString(inFlight)),
                none);
    }
}
