package dev.weir.loadtest.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that there are, in the order of the catalogue. A further one is a line in one of the tables; a further group of the
 * catalogue is a further table, and a line in {@link #TABLES}.
 */
public final class Faults {
    private static final List<List<Fault>> TABLES = List.of(
            ConnectFaults.ALL,
            RequestFaults.ALL,
            HeadFaults.ALL,
            BodyFaults.ALL,
            ReuseFaults.ALL,
            UpgradeFaults.ALL,
            LoadFaults.ALL,
            NameFaults.ALL);

    private static final List<Fault> ALL = TABLES.stream().flatMap(List::stream).toList();

    private static final Fault HEALTHY = Fault.none("healthy", "does nothing wrong");

    private Faults() {}

    public static List<Fault> all() {
        return ALL;
    }

    /** None: a backend to compare with, or to be retried on. */
    public static Fault healthy() {
        return HEALTHY;
    }

    /** {@link #healthy} by its id, too. */
    public static Optional<Fault> find(String id) {
        return id.equals(HEALTHY.id())
                ? Optional.of(HEALTHY)
                : ALL.stream().filter(fault -> fault.id().equals(id)).findFirst();
    }

    /** @throws IllegalArgumentException if there is none; the message names those that look like it */
    public static Fault get(String id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException(unknown(id)));
    }

    private static String unknown(String id) {
        List<String> ids = new ArrayList<>(ALL.stream().map(Fault::id).toList());
        ids.add(HEALTHY.id());
        return "no fault: " + id + Nearest.hint(id, ids);
    }
}
