package dev.weir.balancer.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with known keys.
 *
 * @param make builds the value; may throw {@link IllegalArgumentException} with a message for users if fields that are
 *     each right do not go together; called only if each is right
 */
record Section<T>(String expected, List<Key<?>> keys, Function<Fields, T> make) implements Syntax<T> {
    static <T> Section<T> of(String expected, Function<Fields, T> make, Key<?>... keys) {
        return new Section<>(expected, List.of(keys), make);
    }

    @Override
    public @Nullable T read(Value value) {
        if (!value.isMapping()) {
            value.failKind(expected);
            return null;
        }
        int before = value.problemCount();
        rejectUnknown(value);
        Map<Key<?>, Object> read = new HashMap<>();
        for (Key<?> key : keys) {
            Object field = key.read(value);
            if (field != null) {
                read.put(key, field);
            }
        }
        if (value.problemCount() > before) {
            return null;
        }
        try {
            return make.apply(new Fields(value, read));
        } catch (IllegalArgumentException e) {
            value.fail(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void rejectUnknown(Value value) {
        List<String> names = keys.stream().map(Key::name).toList();
        for (Value entry : value.entries()) {
            if (!names.contains(entry.name())) {
                String hint = Nearest.hint(entry.name(), names);
                entry.failKey(
                        "unknown key" + (hint.isEmpty() ? "; expected one of " + String.join(", ", names) : hint));
            }
        }
    }

    @Override
    public JsonObject schema() {
        JsonObject properties = new JsonObject();
        JsonArray required = new JsonArray();
        for (Key<?> key : keys) {
            JsonObject property = key.syntax().schema();
            if (key.schemaDefault() != null) {
                property.put("default", key.schemaDefault());
            }
            properties.put(key.name(), property);
            if (key.required()) {
                required.add(key.name());
            }
        }
        JsonObject schema = new JsonObject()
                .put("type", "object")
                .put("properties", properties)
                .put("additionalProperties", false);
        return required.isEmpty() ? schema : schema.put("required", required);
    }
}
