package dev.weir.balancer.top;

import dev.weir.balancer.incident.Amount;
import dev.weir.balancer.top.Reading.BackendSeen;
import dev.weir.balancer.top.Reading.NodeSeen;
import dev.weir.balancer.top.Reading.PoolSeen;
import dev.weir.balancer.top.Reading.Saying;
import dev.weir.balancer.top.Table.Cell;
import dev.weir.balancer.top.Table.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The backends of all pools, in columns that are the same for each. */
final class BackendTable {
    /** Names up to this width stand above what their nodes say; longer ones are told by number. */
    static final int SHORT_NAME = 8;

    /** How soon what the single nodes say is left out. Then it is summed up. */
    private static final int SAYINGS = 6;

    /** By their opinion; whoever has none is passed over. */
    private static final Map<String, Cell> OPINIONS = Map.of(
            "well", Cell.of("ok", Trouble.NONE),
            "failing", Cell.of("fails", Trouble.DOUBTFUL),
            "out", Cell.of("OUT", Trouble.BAD));

    private final Rates rates;
    private final List<NodeSeen> nodes;
    private final Table.Layout layout;
    private final boolean summedUp;

    BackendTable(Reading now, Rates rates, List<PoolSeen> pools, int width) {
        this.rates = rates;
        this.nodes = now.nodes();
        Table each = table(pools, false);
        summedUp = nodes.size() > 1 && !each.fits(width, SAYINGS);
        layout = (summedUp ? table(pools, true) : each).layout(width);
    }

    private Table table(List<PoolSeen> pools, boolean summary) {
        List<List<Cell>> rows = new ArrayList<>();
        for (PoolSeen pool : pools) {
            pool.backends().forEach(backend -> rows.add(cells(pool, backend, summary)));
        }
        return new Table(columns(summary), rows);
    }

    Table.Layout layout() {
        return layout;
    }

    List<Cell> cells(PoolSeen pool, BackendSeen backend) {
        return cells(pool, backend, summedUp);
    }

    /** Whether the columns speak of nodes by number. */
    boolean isNumbered() {
        return !summedUp && nodes.size() > 1 && hasLongNames(nodes);
    }

    private static boolean hasLongNames(List<NodeSeen> nodes) {
        return nodes.stream().anyMatch(node -> node.name().length() > SHORT_NAME);
    }

    private List<Column> columns(boolean summary) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("BACKEND", 0, false));
        columns.add(new Column("STATE", 1, false));
        if (summary) {
            columns.add(new Column("NODES SAY", SAYINGS + 2, false));
        } else {
            boolean numbers = hasLongNames(nodes);
            for (int i = 0; i < nodes.size(); i++) {
                String title = numbers ? "#" + (i + 1) : nodes.get(i).name();
                columns.add(new Column(title, SAYINGS, false));
            }
        }
        columns.add(new Column("AGREEMENT", 2, false));
        columns.add(new Column("REQ/S", 3, true));
        columns.add(new Column("FAIL/S", 4, true));
        columns.add(new Column("LATENCY", SAYINGS + 1, true));
        columns.add(new Column("IN FLIGHT", 5, true));
        columns.add(new Column("OF ALL", SAYINGS + 3, true));
        columns.add(new Column("WEIGHT", SAYINGS + 5, true));
        columns.add(new Column("DIRECTIVE", SAYINGS + 4, false));
        return columns;
    }

    private List<Cell> cells(PoolSeen pool, BackendSeen backend, boolean summary) {
        double answered = rates.answered(pool, backend);
        double failed = rates.failed(pool, backend);
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.of(backend.id()));
        cells.add(Cell.of(backend.state(), backend.trouble()));
        if (summary) {
            cells.add(Cell.of(summary(backend)));
        } else {
            opinions(backend, cells);
        }
        cells.add(Cell.of(nodes.size() > 1 ? agreement(backend) : "", agreementTrouble(backend)));
        cells.add(Cell.of(Figure.rate(answered)));
        cells.add(Cell.of(Figure.rate(failed), failed > 0 ? Trouble.DOUBTFUL : Trouble.NONE));
        cells.add(Cell.of(latency(backend, answered)));
        cells.add(Cell.of(Integer.toString(backend.inFlight())));
        cells.add(Cell.of(nodes.size() > 1 ? Integer.toString(backend.inFlightOfAll()) : ""));
        cells.add(Cell.of(Integer.toString(backend.weight())));
        cells.add(Cell.of(directive(backend), Trouble.WANTED));
        return cells;
    }

    /** Without requests it only fades. */
    private static String latency(BackendSeen backend, double answered) {
        return answered > 0 && backend.latencyMicros() > 0
                ? Amount.time(TimeUnit.MICROSECONDS.toNanos(backend.latencyMicros()))
                : Figure.UNKNOWN;
    }

    private static String agreement(BackendSeen backend) {
        return backend.agreement().isEmpty() ? Figure.UNKNOWN : backend.agreement();
    }

    private static Trouble agreementTrouble(BackendSeen backend) {
        return switch (backend.agreement()) {
            case "", "well" -> Trouble.NONE;
            case "everywhere" -> Trouble.BAD;
            default -> Trouble.DOUBTFUL;
        };
    }

    private void opinions(BackendSeen backend, List<Cell> to) {
        Map<String, Saying> byNode =
                sayings(backend).collect(Collectors.toMap(Saying::node, said -> said, (a, b) -> b));
        for (NodeSeen node : nodes) {
            Saying said = byNode.get(node.id());
            Cell words = said == null ? null : OPINIONS.get(said.opinion());
            to.add(
                    words == null || said == null
                            ? Cell.of(Figure.UNKNOWN)
                            : new Cell(words.text() + " " + Figure.age(said.forMillis()), words.style()));
        }
    }

    private static Stream<Saying> sayings(BackendSeen backend) {
        return Stream.concat(Stream.ofNullable(backend.here()), backend.others().stream());
    }

    private static String summary(BackendSeen backend) {
        Map<String, Integer> counts = new HashMap<>();
        sayings(backend).forEach(said -> counts.merge(said.opinion(), 1, Integer::sum));
        String words = Stream.of("out", "failing", "well")
                .filter(counts::containsKey)
                .map(opinion -> counts.get(opinion) + " "
                        + OPINIONS.getOrDefault(opinion, Cell.of("?")).text())
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? Figure.UNKNOWN : words;
    }

    /** What operators asked for. */
    private static String directive(BackendSeen backend) {
        String admin = backend.admin().equals("enabled") ? "" : backend.admin();
        String weight = backend.weight() == backend.configuredWeight()
                ? ""
                : "weight " + backend.weight() + ", not " + backend.configuredWeight();
        return Stream.of(admin, weight).filter(word -> !word.isEmpty()).collect(Collectors.joining("; "));
    }
}
