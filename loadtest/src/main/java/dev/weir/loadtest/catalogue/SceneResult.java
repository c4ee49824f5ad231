package dev.weir.loadtest.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of a case.
 *
 * @param gateway findings with {@code status-codes: gateway}
 * @param rfc9209 findings with {@code status-codes: rfc9209}
 * @param wrong everything that is not as expected; empty: all is well
 * @param peers what each peer did, by its name
 */
record SceneResult(
        Scene scene,
        Map<Finding, String> gateway,
        Map<Finding, String> rfc9209,
        List<String> wrong,
        Map<String, PeerFindings> peers) {

    /** Requests that are shown of a case that went wrong. */
    private static final int SHOWN = 6;

    static SceneResult of(Scene scene, Act gateway, Act rfc9209) {
        List<String> wrong = new ArrayList<>();
        gateway.wrongs().forEach(what -> wrong.add("gateway: " + what));
        rfc9209.wrongs().forEach(what -> wrong.add("rfc9209: " + what));
        for (Act act : List.of(gateway, rfc9209)) {
            if (!act.wrongs().isEmpty()) {
                act.shots().stream()
                        .limit(SHOWN)
                        .forEach(shot -> wrong.add(act.weir().name() + " had " + shot));
            }
        }
        return new SceneResult(scene, gateway.findings(), rfc9209.findings(), wrong, new TreeMap<>());
    }

    /** Nothing came of it, though it should have been possible. */
    static SceneResult notPlayed(Scene scene, @Nullable String why) {
        return new SceneResult(scene, Map.of(), Map.of(), List.of("not played: " + why), new TreeMap<>());
    }

    boolean isRight() {
        return wrong.isEmpty();
    }
}
