package dev.weir.balancer.config;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * How values of a type are written in the file. Stateless.
 *
 * @param <T> never a nullable type
 */
interface Syntax<T> {
    /** @return null if the value cannot be used; then its problems are noted, all of them */
    @Nullable
    T read(Value value);

    /** The kind of value that belongs here, for messages: "a list of backends", say. */
    String expected();

    /** The same syntax as a JSON schema, without descriptions. */
    JsonObject schema();
}
