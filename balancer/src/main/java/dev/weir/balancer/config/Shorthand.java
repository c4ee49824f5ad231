package dev.weir.balancer.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A list or mapping, in the place of which a single value may stand.
 *
 * @param brief the single value
 * @param complete makes the whole of it
 */
record Shorthand<A, T>(Scalar<A> brief, Function<A, T> complete, Syntax<T> full) implements Syntax<T> {
    @Override
    public @Nullable T read(Value value) {
        if (value.isScalar()) {
            A alone = brief.read(value);
            return alone == null ? null : complete.apply(alone);
        }
        if (value.isNull()) {
            value.failKind(expected());
            return null;
        }
        return full.read(value);
    }

    @Override
    public String expected() {
        return brief.expected() + ", or " + full.expected();
    }

    @Override
    public JsonObject schema() {
        return new JsonObject().put("oneOf", new JsonArray().add(brief.schema()).add(full.schema()));
    }
}
