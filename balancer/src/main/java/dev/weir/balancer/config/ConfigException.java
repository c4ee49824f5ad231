package dev.weir.balancer.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used. Its message is for users: one line for each problem. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // List.copyOf is serializable; exceptions are never serialized here anyway
    private final List<Problem> problems;

    /** @param problems at least one */
    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem of the file, in the order of lines. */
    public List<Problem> problems() {
        return problems;
    }
}
