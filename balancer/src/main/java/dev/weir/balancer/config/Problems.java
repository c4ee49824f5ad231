package dev.weir.balancer.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects what is wrong with one file, so that the user sees all of it at once. */
final class Problems {
    private static final Comparator<Problem> BY_POSITION =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }

    int count() {
        return found.size();
    }

    void add(Optional<Mark> mark, String path, String message) {
        add(
                mark.map(m -> m.getLine() + 1).orElse(0),
                mark.map(m -> m.getColumn() + 1).orElse(0),
                path,
                message);
    }

    void add(int line, int column, String path, String message) {
        found.add(new Problem(file, line, column, path, message));
    }

    /** A problem of the file as a whole. */
    void add(String message) {
        add(0, 0, "", message);
    }

    ConfigException exception() {
        return new ConfigException(found.stream().sorted(BY_POSITION).toList());
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw exception();
        }
    }
}
