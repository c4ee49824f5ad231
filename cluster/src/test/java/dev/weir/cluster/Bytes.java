package dev.weir.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Bytes as text, and records as maps: so that tests can compare and print them. */
final class Bytes {
    private Bytes() {}

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static Map<Long, String> map(Records records) {
        Map<Long, String> map = new TreeMap<>();
        records.forEach((key, value) -> map.put(key, text(value)));
        return map;
    }

    static Records records(Map<Long, String> map) {
        TreeMap<Long, String> sorted = new TreeMap<>(map);
        return new Records(
                sorted.keySet().stream().mapToLong(Long::longValue).toArray(),
                sorted.values().stream().map(Bytes::of).toArray(byte[][]::new));
    }
}
