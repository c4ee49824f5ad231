package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Candidate;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;

/**
 * {@code maglev}: backends fill a table by turns, each in an order of its own (Eisenbud et al., "Maglev: A Fast and Reliable
 * Software Network Load Balancer", NSDI 2016, section 3.4). Shares are even to within a slot, and a look-up is one access;
 * when a backend leaves, its keys move and a few of the others' with them.
 */
public final class Maglev implements StrategyProvider {
    @Override
    public String name() {
        return "maglev";
    }

    @Override
    public Strategy create(JsonObject json, Environment environment) {
        Options options = new Options(json, "hash-on", "balance-factor");
        return KeyPicker.strategy(options, environment, Table::new);
    }

    /** The look-up table. */
    static final class Table implements KeyTable {
        /** A prime, and the paper's smaller size: a hundred slots for each of several hundred backends. */
        static final int SIZE = 65_537;

        private static final int EMPTY = -1;

        private final int[] slots = new int[SIZE];

        Table(List<Candidate> candidates) {
            Arrays.fill(slots, EMPTY);
            Filler[] fillers = candidates.stream().map(Filler::new).toArray(Filler[]::new);
            double heaviest =
                    candidates.stream().mapToInt(Candidate::weight).max().orElseThrow();
            int free = SIZE;
            for (int round = 1; free > 0; round++) {
                for (int i = 0; i < fillers.length && free > 0; i++) {
                    // The heaviest fills a slot in each round, who weighs half as much in every second one, and so on.
                    if (fillers[i].isDue(round, heaviest)) {
                        slots[fillers[i].nextFree(slots)] = i;
                        free--;
                    }
                }
            }
        }

        @Override
        public int size() {
            return SIZE;
        }

        @Override
        public int position(long hash) {
            return (int) Long.remainderUnsigned(hash, SIZE);
        }

        @Override
        public int backend(int position) {
            return slots[position];
        }
    }

    /** One backend while the table fills. */
    private static final class Filler {
        private final int weight;
        private final int skip;
        private int slot;
        private int filled;

        Filler(Candidate candidate) {
            String id = candidate.backend().id();
            weight = candidate.weight();
            slot = (int) Long.remainderUnsigned(XxHash64.of(id, 0), Table.SIZE);
            skip = 1 + (int) Long.remainderUnsigned(XxHash64.of(id, 1), Table.SIZE - 1);
        }

        boolean isDue(int round, double heaviest) {
            return filled < (double) round * weight / heaviest;
        }

        int nextFree(int[] slots) {
            while (slots[slot] != Table.EMPTY) {
                slot = (slot + skip) % Table.SIZE;
            }
            filled++;
            return slot;
        }
    }
}
