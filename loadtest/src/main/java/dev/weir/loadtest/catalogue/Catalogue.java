package dev.weir.loadtest.catalogue;

import java.util.List;
import java.util.stream.Stream;

/** All rows, in order. */
final class Catalogue {
    /** Distinct causes. */
    static final int ROWS = 96;

    private static final List<Row> ALL = Stream.of(
                    ConnectRows.ALL,
                    NameRows.ALL,
                    TlsRows.ALL,
                    RequestRows.ALL,
                    HeadRows.ALL,
                    BodyRows.ALL,
                    ReuseRows.ALL,
                    Http2Rows.ALL,
                    UpgradeRows.ALL,
                    LimitRows.ALL,
                    RolloutRows.ALL,
                    MisreportRows.ALL)
            .flatMap(List::stream)
            .toList();

    private Catalogue() {}

    static List<Row> rows() {
        return ALL;
    }
}
