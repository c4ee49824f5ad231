package dev.weir.loadtest.propagation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.propagation.Delays.Delay;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results for programs. Units are in the names. */
final class ResultJson {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ResultJson() {}

    static String of(Instant start, Machine machine, List<Result> results) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("start", start.toString());
        root.put("machine", machine);
        root.put("results", results.stream().map(ResultJson::result).toList());
        try {
            return JSON.writeValueAsString(root) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("results of plain values are always writable", e);
        }
    }

    private static Map<String, Object> result(Result result) {
        Scenario scenario = result.scenario();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("nodes", scenario.nodes());
        map.put("backends", scenario.backends());
        map.put("share", scenario.share());
        map.put("turns-per-second", scenario.turns());
        map.put("warm-up-seconds", scenario.warmUp().toSeconds());
        map.put("seconds", scenario.time().toSeconds());
        map.put("seed", scenario.seed());
        map.put("tick-until-heard", delay(result.tick()));
        map.put("load-until-heard", delay(result.load()));
        map.put("verdict-until-heeded", delay(result.verdict()));
        map.put("cpu-percent-mean", 100 * result.cpu());
        map.put("cpu-percent-most", 100 * result.cpuMost());
        Map<String, Double> threads = new LinkedHashMap<>();
        result.threads().forEach((name, share) -> threads.put(name, 100 * share));
        map.put("thread-cpu-percent", threads);
        map.put("messages-per-second", result.messages());
        map.put("bytes-per-second", result.bytes());
        map.put("other-processes-cpu-percent", 100 * result.others());
        return map;
    }

    private static Map<String, Object> delay(Delay delay) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", delay.count());
        map.put("lost", delay.lostCount());
        for (double percentile : new double[] {50, 90, 99, 99.9, 100}) {
            map.put("p" + percentile + "-millis", delay.millis(percentile));
        }
        return map;
    }
}
