package dev.weir.balancer.node;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** This node as its event loops see it. Thread-safe. */
public final class ThisNode {
    private final Consumer<Pause> pauses;
    private final long noticedNanos;
    private final Descriptors descriptors;
    private final DirectMemory memory;

    /**
     * @param pauses told of each pause of an event loop that is worth a line; thread-safe
     * @param noticedNanos of event loops' clocks; in production {@link LoopClock#NOTICED_NANOS}
     */
    public ThisNode(Consumer<Pause> pauses, long noticedNanos, Descriptors descriptors, DirectMemory memory) {
        this.pauses = pauses;
        this.noticedNanos = noticedNanos;
        this.descriptors = descriptors;
        this.memory = memory;
    }

    /** An event loop stood still for so long that it is worth a line. */
    public void paused(Pause pause) {
        pauses.accept(pause);
    }

    /** By how much an event loop has to be late for a pause. */
    public long noticedNanos() {
        return noticedNanos;
    }

    public Descriptors descriptors() {
        return descriptors;
    }

    public DirectMemory memory() {
        return memory;
    }

    /** @return one line on what this node lacks, or null if it lacks nothing */
    public @Nullable String shortage() {
        if (descriptors.isShort()) {
            return "short of file descriptors: " + descriptors;
        }
        return memory.isShort() ? "short of memory: " + memory : null;
    }
}
