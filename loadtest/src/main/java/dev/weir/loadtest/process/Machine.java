package dev.weir.loadtest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the figures were taken on.
 *
 * @param allowedCores numbers of the cores that this process may use, ascending
 */
public record Machine(String cpu, String kernel, List<Integer> allowedCores) {
    private static final Pattern CPU_NAME = Pattern.compile("(?m)^(?:model name|Model|CPU part)\\s*:\\s*(.+)$");
    private static final Pattern ALLOWED = Pattern.compile("(?m)^Cpus_allowed_list:\\s*([0-9,-]+)$");

    public static Machine here() {
        Matcher cpu = CPU_NAME.matcher(read("/proc/cpuinfo"));
        Matcher allowed = ALLOWED.matcher(read("/proc/self/status"));
        return new Machine(
                cpu.find() ? cpu.group(1).strip() : System.getProperty("os.arch"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                allowed.find() ? cores(allowed.group(1)) : List.of());
    }

    /** The kernel's list format, such as {@code 0-2,7}. */
    static List<Integer> cores(String list) {
        List<Integer> cores = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            String[] ends = range.split("-", -1);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int core = Integer.parseInt(ends[0]); core <= last; core++) {
                cores.add(core);
            }
        }
        return List.copyOf(cores);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": the measurement needs Linux", e);
        }
    }
}
