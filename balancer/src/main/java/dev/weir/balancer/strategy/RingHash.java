package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Candidate;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code ring-hash}: each backend has points on a circle, and a key belongs to the next point after it (Karger et al.,
 * "Consistent Hashing and Random Trees", 1997; points as in ketama). When a backend leaves, only its own keys move. That
 * holds for any weights, which is what it has over {@link Maglev}; its shares are less even.
 */
public final class RingHash implements StrategyProvider {
    @Override
    public String name() {
        return "ring-hash";
    }

    @Override
    public Strategy create(JsonObject json, Environment environment) {
        Options options = new Options(json, "hash-on", "balance-factor");
        Map<Integer, Double> perWeight = new HashMap<>(); // of each tier; control context
        return KeyPicker.strategy(options, environment, candidates -> {
            int tier = candidates.getFirst().backend().priority();
            double least = perWeight.merge(tier, Ring.pointsPerWeight(candidates), Math::min);
            return new Ring(candidates, least);
        });
    }

    /** A circle of 64 bits. */
    static final class Ring implements KeyTable {
        /** For each unit of configured weight, as in nginx: the shares then differ by about 1 / sqrt(160) = 8 %. */
        private static final double POINTS = 160;

        /** Or as many as backends of weight 1 need. So the circle takes half a megabyte and is made in some ten ms. */
        private static final int MAX_POINTS = 1 << 16;

        /** The lowest bits of a point tell its backend; the others its place, to 44 bits. */
        private static final int INDEX_BITS = 20;

        private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;

        private final long[] points;

        Ring(List<Candidate> candidates, double perWeight) {
            int[] counts = candidates.stream()
                    .mapToInt(candidate -> (int) Math.max(1, candidate.weight() * perWeight))
                    .toArray();
            points = new long[Arrays.stream(counts).sum()];
            int next = 0;
            for (int i = 0; i < counts.length; i++) {
                String id = candidates.get(i).backend().id();
                for (int point = 0; point < counts[i]; point++) {
                    points[next++] = (XxHash64.of(id, point) & ~INDEX_MASK) | i;
                }
            }
            Arrays.sort(points);
        }

        /**
         * Halved until they are not too many. Once so few, a tier stays with them: if backends that leave gave the others more
         * points, keys would move among those.
         */
        static double pointsPerWeight(List<Candidate> candidates) {
            long weight = candidates.stream().mapToLong(Candidate::weight).sum();
            double points = POINTS / Candidate.SCALE;
            while (weight * points > Math.max(MAX_POINTS, POINTS * candidates.size())) {
                points /= 2;
            }
            return points;
        }

        @Override
        public int size() {
            return points.length;
        }

        @Override
        public int position(long hash) {
            int found = Arrays.binarySearch(points, hash & ~INDEX_MASK);
            int next = found >= 0 ? found : -found - 1;
            return next == points.length ? 0 : next;
        }

        @Override
        public int backend(int position) {
            return (int) (points[position] & INDEX_MASK);
        }
    }
}
