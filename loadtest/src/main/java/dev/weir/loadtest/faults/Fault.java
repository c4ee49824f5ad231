package dev.weir.loadtest.faults;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One way to misbehave. Immutable: {@link FaultServer} does it.
 *
 * <p>A fault is any of three things: what its ports do, what it says on a connection, and what the name server says of it.
 */
public final class Fault {
    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /** Stands for {@link Settings#host} among the addresses of a fault. */
    static final String HOST = "host";

    private final String id;
    private final String row;
    private final String description;
    private final String target;
    private final Map<String, PortState> ports;
    private final @Nullable Script script;
    private final @Nullable NameAnswers names;

    private Fault(
            String id,
            String row,
            String description,
            String target,
            Map<String, PortState> ports,
            @Nullable Script script,
            @Nullable NameAnswers names) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("id: " + id + " (expected: words and digits joined by dashes)");
        }
        this.id = id;
        this.row = row;
        this.description = description;
        this.target = target;
        this.ports = ports;
        this.script = script;
        this.names = names;
    }

    /** Something said, or not said, on a connection. */
    static Fault of(String id, String row, String description, Script script) {
        return new Fault(id, row, description, HOST, Map.of(HOST, PortState.LISTENS), script, null);
    }

    /**
     * Something about where it listens.
     *
     * @param target where clients are sent: {@link #HOST}, or a name that this machine knows
     * @param ports by address; in good health all of them listen
     */
    static Fault of(String id, String row, String description, String target, Map<String, PortState> ports) {
        return new Fault(id, row, description, target, ports, null, null);
    }

    /** Something about its name, and the addresses behind that. */
    static Fault of(String id, String row, String description, Map<String, PortState> ports, NameAnswers names) {
        return new Fault(id, row, description, id + ".faults.test", ports, null, names);
    }

    /** Does nothing wrong. */
    static Fault none(String id, String description) {
        return new Fault(id, "-", description, HOST, Map.of(HOST, PortState.LISTENS), null, null);
    }

    /** Words and digits joined by dashes, such as {@code reset-on-accept}. */
    public String id() {
        return id;
    }

    /** Of the catalogue of causes, such as {@code A14}; {@code -} if it is in none. */
    public String row() {
        return row;
    }

    /** One line. */
    public String description() {
        return description;
    }

    /** Whether it can show at some occasions and not at others. False: it lasts until it is healed. */
    public boolean hasModes() {
        return script != null;
    }

    /** Whether it takes the {@link FakeResolver} to be seen. */
    public boolean isAboutNames() {
        return names != null;
    }

    /** Host of its URL, if it listens on this one. */
    String targetAt(String host) {
        return target.equals(HOST) ? host : target;
    }

    /** By address; {@link #HOST} stands for the one in the settings. */
    Map<String, PortState> ports() {
        return ports;
    }

    @Nullable
    Script script() {
        return script;
    }

    @Nullable
    NameAnswers names() {
        return names;
    }

    @Override
    public String toString() {
        return row + " " + id;
    }
}
