package dev.weir.loadtest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the kernel allows this process, and so the programs that it starts (capabilities(7)). */
public final class Capabilities {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String EFFECTIVE = "CapEff:";
    private static final int NET_ADMIN = 12;
    private static final int SYS_ADMIN = 21;

    private Capabilities() {}

    /** What is wanting for network namespaces; null: nothing. */
    public static @Nullable String missing() {
        try {
            return missing(Files.readString(STATUS));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + STATUS, e);
        }
    }

    /** @param status as {@code /proc/self/status} */
    static @Nullable String missing(String status) {
        long effective = status.lines()
                .filter(line -> line.startsWith(EFFECTIVE))
                .mapToLong(line -> Long.parseUnsignedLong(
                        line.substring(EFFECTIVE.length()).strip(), 16))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + EFFECTIVE + " in " + STATUS));
        List<String> missing = new ArrayList<>();
        if ((effective >> NET_ADMIN & 1) == 0) {
            missing.add("CAP_NET_ADMIN");
        }
        if ((effective >> SYS_ADMIN & 1) == 0) {
            missing.add("CAP_SYS_ADMIN");
        }
        return missing.isEmpty()
                ? null
                : "network namespaces need root, or " + String.join(" and ", missing) + ", which this process has not";
    }
}
