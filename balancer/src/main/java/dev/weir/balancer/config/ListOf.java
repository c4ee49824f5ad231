package dev.weir.balancer.config;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list.
 *
 * @param expected such as "a list of backends"
 * @param min least number of items
 */
record ListOf<T>(String expected, int min, Syntax<T> item) implements Syntax<List<T>> {
    @Override
    public @Nullable List<T> read(Value value) {
        if (!value.isList()) {
            value.failKind(expected);
            return null;
        }
        List<Value> items = value.items();
        if (items.size() < min) {
            value.fail("is empty; expected " + expected);
            return null;
        }
        List<T> read = new ArrayList<>();
        for (Value each : items) {
            T element = item.read(each);
            if (element != null) {
                read.add(element);
            }
        }
        return read.size() == items.size() ? List.copyOf(read) : null;
    }

    @Override
    public JsonObject schema() {
        JsonObject schema = new JsonObject().put("type", "array").put("items", item.schema());
        return min == 0 ? schema : schema.put("minItems", min);
    }
}
