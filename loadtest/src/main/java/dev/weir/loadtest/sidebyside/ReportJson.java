package dev.weir.loadtest.sidebyside;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report for programs: the same, with each single round. Units are in the names. */
final class ReportJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .build();

    private ReportJson() {}

    static String of(Report report) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("start", report.start().toString());
        root.put("machine", report.machine());
        root.put("plan", plan(report.plan()));
        root.put("load-generator", report.loadGenerator());
        root.put("peers", report.peers().stream().map(ReportJson::peer).toList());
        root.put("cpu-ratios", report.ratios());
        try {
            return JSON.writeValueAsString(root) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report of plain values is always writable", e);
        }
    }

    private static Map<String, Object> plan(Plan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("peers", plan.peers().stream().map(Peer::name).toList());
        map.put("rounds", plan.rounds());
        map.put("round-seconds", plan.round().toSeconds());
        map.put("connections", plan.connections());
        map.put("body-bytes", plan.bodySize());
        map.put("proxy-core", plan.proxyCore());
        map.put("load-core", plan.loadCore());
        map.put("access-log", plan.accessLog());
        return map;
    }

    private static Map<String, Object> peer(PeerResult peer) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", peer.name());
        map.put("version", peer.version());
        map.put("facts", peer.facts());
        map.put("warm-up", peer.warmUp());
        map.put("cpu-micros-per-request", peer.cpuMicrosPerRequest());
        map.put("rounds", rounds(peer.rounds()));
        return map;
    }

    private static List<Map<String, Object>> rounds(List<Round> rounds) {
        return rounds.stream().map(ReportJson::round).toList();
    }

    private static Map<String, Object> round(Round round) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cpu-micros-per-request", round.cpuMicrosPerRequest());
        map.put("requests", round.requests());
        map.put("seconds", round.seconds());
        map.put("cpu-seconds", round.cpuSeconds());
        map.put("core-share", round.coreShare());
        map.put("others-share", round.othersShare());
        map.put("upstream-connections", round.upstreamConnections());
        map.put("p50-millis", round.p50Millis());
        map.put("p99-millis", round.p99Millis());
        return map;
    }
}
