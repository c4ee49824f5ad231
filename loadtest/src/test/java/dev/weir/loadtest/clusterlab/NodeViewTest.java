package dev.weir.loadtest.clusterlab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeViewTest {
    private static final String BOTH = """
            {"nodes": [
              {"name": "node-1", "present": true, "age_ms": 0, "self": true},
              {"name": "node-2", "present": true, "age_ms": 90, "self": false}]}""";
    private static final String DRAINED = """
            {"directives": [
              {"pool": "shop", "backend": "a:80", "admin": "draining", "since": "2030-01-01T00:00:00Z", "known": true},
              {"pool": "shop", "backend": "b:80", "weight": 3, "since": "2030-01-01T00:00:01Z", "known": true}]}""";
    private static final String POOLS = """
            {"pools": [{"name": "shop", "backends": [
              {"id": "a:80", "health": "up", "admin": "draining", "weight": 1, "ejected": false, "usable": false,
               "eligible": false}]}]}""";

    private static NodeView view(String cluster, String directives, String pools) {
        return NodeView.of(json(cluster), json(directives), json(pools), true);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void whoHasSpokenAndWhatIsObeyedIsReadFromTheApi() {
        NodeView view = view(BOTH, DRAINED, POOLS);

        assertThat(view.sees(Set.of("node-1", "node-2"))).isTrue();
        assertThat(view.obeys(Set.of("a:80 admin draining", "b:80 weight 3"))).isTrue();
        assertThat(view.backends()).containsEntry("a:80", "up, draining, weight 1, not usable, gets nothing");
    }

    @Test
    void aNodeThatIsSilentOrThereTwiceIsNotSeen() {
        String silent = BOTH.replace("90", "1500");
        String stale = BOTH.replace("true, \"age_ms\": 90", "false, \"age_ms\": 800");
        String twice = BOTH.replace("]}", ", {\"name\": \"node-2\", \"present\": false, \"age_ms\": 3000}]}");

        for (String cluster : Set.of(silent, stale, twice)) {
            assertThat(view(cluster, DRAINED, POOLS).sees(Set.of("node-1", "node-2")))
                    .isFalse();
        }
    }

    @Test
    void nodesThatSayTheSameOfOtherMomentsOrOtherBackendsDisagree() {
        NodeView one = view(BOTH, DRAINED, POOLS);

        assertThat(one.agrees(view(BOTH, DRAINED, POOLS))).isTrue();
        assertThat(one.agrees(view(BOTH, DRAINED.replace("00:00:01", "00:00:02"), POOLS)))
                .isFalse();
        assertThat(one.agrees(view(BOTH, DRAINED, POOLS.replace("up", "down")))).isFalse();
    }

    @Test
    void whatIsWantingForOneMindIsNamed() {
        NodeView one = view(BOTH, DRAINED, POOLS);
        Set<String> directives = Set.of("a:80 admin draining", "b:80 weight 3");
        Sample sample = new Sample(0, 1, Map.of(1, one, 2, view(BOTH, DRAINED, POOLS.replace("up", "down"))));

        assertThat(new Sample(0, 1, Map.of(1, one, 2, one)).isOneMind(Set.of(1, 2), directives))
                .isTrue();
        assertThat(sample.disagreement(Set.of(1, 2), directives)).contains("node-2 disagrees", "a:80=down");
        assertThat(sample.disagreement(Set.of(1, 2), Set.of())).contains("node-1 obeys");
        assertThat(sample.disagreement(Set.of(1, 2, 3), directives)).contains("node-1 sees [node-1, node-2]");
        assertThat(new Sample(0, 1, Map.of(1, one)).disagreement(Set.of(1, 2), directives))
                .isEqualTo("node-2 does not answer");
    }
}
