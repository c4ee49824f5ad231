package dev.weir.balancer.config;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping whose keys the user chooses.
 *
 * @param expected such as "pools by name"
 * @param min least number of entries
 * @param key what keys look like; a key is always text
 */
record MapOf<T>(String expected, int min, Scalar<String> key, Syntax<T> item) implements Syntax<Map<String, T>> {
    @Override
    public @Nullable Map<String, T> read(Value value) {
        if (!value.isMapping()) {
            value.failKind(expected);
            return null;
        }
        List<Value> entries = value.entries();
        if (entries.size() < min) {
            value.fail("is empty; expected " + expected);
            return null;
        }
        Map<String, T> read = new LinkedHashMap<>();
        boolean whole = true;
        for (Value entry : entries) {
            boolean named = checkKey(entry);
            T element = item.read(entry);
            if (named && element != null) {
                read.put(entry.name(), element);
            } else {
                whole = false;
            }
        }
        return whole ? Collections.unmodifiableMap(read) : null;
    }

    private boolean checkKey(Value entry) {
        try {
            key.parse(entry.name());
            return true;
        } catch (IllegalArgumentException e) {
            entry.failKey(String.valueOf(e.getMessage()));
            return false;
        }
    }

    @Override
    public JsonObject schema() {
        JsonObject schema = new JsonObject()
                .put("type", "object")
                .put("propertyNames", key.constraints())
                .put("additionalProperties", item.schema());
        return min == 0 ? schema : schema.put("minProperties", min);
    }
}
