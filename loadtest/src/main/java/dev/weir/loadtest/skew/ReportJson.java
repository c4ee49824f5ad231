package dev.weir.loadtest.skew;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.loadtest.process.Machine;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The same for programs, with each single round. Units are in the names. */
final class ReportJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .build();

    private ReportJson() {}

    static String of(Plan plan, Instant start, List<Round> rounds) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("start", start.toString());
        root.put("machine", Machine.here());
        root.put("plan", plan);
        Map<String, Object> ratios = new LinkedHashMap<>();
        for (Figure figure : Figure.values()) {
            ratios.put(figure.key(), figure.ratio(rounds));
        }
        root.put("cluster-to-local-ratios", ratios);
        root.put("rounds", rounds.stream().map(ReportJson::round).toList());
        try {
            return JSON.writeValueAsString(root) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report of plain values is always writable", e);
        }
    }

    private static Map<String, Object> round(Round round) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("arm", round.arm().name().toLowerCase(Locale.ROOT));
        map.put("number", round.number());
        map.put("requests", round.requests());
        map.put("mean-in-flight", round.skew().mean());
        for (Figure figure : Figure.values()) {
            map.put(figure.key(), figure.of(round));
        }
        map.put("share-of-time-with-at-most", round.skew().within());
        return map;
    }
}
