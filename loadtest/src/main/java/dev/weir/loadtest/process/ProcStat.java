package dev.weir.loadtest.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Linux' CPU accounting: {@code /proc/PID/stat} and {@code /proc/stat} (proc(5)). */
public final class ProcStat {
    /** USER_HZ, the unit of both files: 100 on every architecture that a current JDK runs on, whatever the kernel's HZ. */
    public static final int TICKS_PER_SECOND = 100;

    private static final Path PROC = Path.of("/proc");

    private ProcStat() {}

    /**
     * CPU time that a process and all its descendants have used.
     *
     * @param pids of the processes that are in the sum; two readings can be compared only if these are the same
     * @param ticks utime + stime of all threads, ended ones included
     */
    public record Usage(Set<Long> pids, long ticks) {
        /** @throws MeasurementException if a process came or went in between, since its time would be missing */
        public double secondsUntil(Usage later) {
            if (!pids.equals(later.pids)) {
                throw new MeasurementException(
                        "processes came or went while being measured: " + pids + " became " + later.pids);
            }
            return (double) (later.ticks - ticks) / TICKS_PER_SECOND;
        }
    }

    public static Usage usageOf(ProcessHandle root) {
        Set<Long> pids = Stream.concat(Stream.of(root), root.descendants())
                .map(ProcessHandle::pid)
                .collect(Collectors.toUnmodifiableSet());
        long ticks = 0;
        for (long pid : pids) {
            Path file = PROC.resolve(Long.toString(pid)).resolve("stat");
            try {
                ticks += processTicks(Files.readString(file));
            } catch (IOException e) {
                throw new MeasurementException("process " + pid + " ended while being measured", e);
            }
        }
        return new Usage(pids, ticks);
    }

    /**
     * CPU time of each of a process's threads, in ticks, by its name as the kernel knows it (15 characters); threads of the same
     * name in one sum. Without those that have ended.
     */
    public static Map<String, Long> threadTicks(long pid) {
        Map<String, Long> ticks = new TreeMap<>();
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(PROC.resolve(Long.toString(pid)).resolve("task"))) {
            for (Path thread : threads) {
                addTicks(thread.resolve("stat"), ticks);
            }
        } catch (IOException e) {
            throw new MeasurementException("process " + pid + " ended while being measured", e);
        }
        return ticks;
    }

    private static void addTicks(Path threadStat, Map<String, Long> ticks) {
        try {
            String stat = Files.readString(threadStat);
            ticks.merge(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')), processTicks(stat), Long::sum);
        } catch (IOException e) {
            // it has ended meanwhile
        }
    }

    /** Ticks for which a core was not idle, since boot. */
    public static long busyTicksOf(int core) {
        try {
            return coreBusyTicks(Files.readString(PROC.resolve("stat")), core);
        } catch (IOException e) {
            throw new MeasurementException("cannot read /proc/stat", e);
        }
    }

    /** utime + stime. The command's name, second field, is in parentheses and may itself contain any of " ()". */
    public static long processTicks(String stat) {
        int endOfName = stat.lastIndexOf(')');
        String[] fields = stat.substring(endOfName + 1).trim().split("\\s+", -1);
        int state = 3; // number, in proc(5), of the first field after the name
        if (endOfName < 0 || fields.length <= 15 - state) {
            throw new IllegalArgumentException("process stat: " + stat + " (expected: the form of proc(5))");
        }
        return Long.parseLong(fields[14 - state]) + Long.parseLong(fields[15 - state]);
    }

    /** All of a core's time save idle and iowait; steal counts as busy. Guest time is within user time already. */
    static long coreBusyTicks(String stat, int core) {
        String[] fields = stat.lines()
                .filter(line -> line.startsWith("cpu" + core + " "))
                .findFirst()
                .orElseThrow(() -> new MeasurementException("no core " + core + " in /proc/stat"))
                .split("\\s+", -1);
        int[] userNiceSystemIrqSoftirqSteal = {1, 2, 3, 6, 7, 8};
        return Arrays.stream(userNiceSystemIrqSoftirqSteal)
                .mapToLong(i -> Long.parseLong(fields[i]))
                .sum();
    }
}
