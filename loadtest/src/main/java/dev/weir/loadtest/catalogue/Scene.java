package dev.weir.loadtest.catalogue;

/** A case and the row that it belongs to. */
record Scene(Row row, Case play) {
    String prefix() {
        return play.prefix(row);
    }

    String name() {
        return row.id() + " " + play.name();
    }
}
