package dev.weir.balancer.incident;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the backends that fail have in common, and the others of their pool have not: often the version that is new. */
final class Culprits {
    private Culprits() {}

    /**
     * @param culprits ids of the backends that fail alike
     * @return empty if nobody is innocent: then a label explains nothing
     */
    static Map<String, String> sharedLabels(List<PoolFacts.Member> members, Set<String> culprits) {
        Map<String, String> shared = null;
        boolean innocents = false;
        for (PoolFacts.Member member : members) {
            if (!culprits.contains(member.backend())) {
                innocents = true;
            } else if (shared == null) {
                shared = new HashMap<>(member.labels());
            } else {
                shared.entrySet().retainAll(member.labels().entrySet());
            }
        }
        if (shared == null || !innocents) {
            return Map.of();
        }
        for (PoolFacts.Member member : members) {
            if (!culprits.contains(member.backend())) {
                shared.entrySet().removeAll(member.labels().entrySet());
            }
        }
        return Map.copyOf(shared);
    }
}
