package dev.weir.loadtest.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long somebody on this machine had to wait for a core: what is measured meanwhile may be the machine's doing. Linux' pressure
 * stall information, {@code /proc/pressure/cpu}.
 *
 * @param waitedMicros since boot: the time in which at least one thread that could run did not
 * @param nanos when that was
 */
public record Pressure(long waitedMicros, long nanos) {
    private static final Path FILE = Path.of("/proc/pressure/cpu");
    private static final Pattern SOME = Pattern.compile("(?m)^some .*total=(\\d+)$");

    /** Empty: the kernel does not tell. */
    public static Optional<Pressure> now() {
        try {
            return of(Files.readString(FILE), System.nanoTime());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Optional<Pressure> of(String text, long nanos) {
        Matcher some = SOME.matcher(text);
        return some.find() ? Optional.of(new Pressure(Long.parseLong(some.group(1)), nanos)) : Optional.empty();
    }

    /** The share of the time from then to now in which somebody waited, 0 to 1. */
    public double shareSince(Pressure before) {
        return 1e3 * (waitedMicros - before.waitedMicros) / Math.max(1, nanos - before.nanos);
    }
}
