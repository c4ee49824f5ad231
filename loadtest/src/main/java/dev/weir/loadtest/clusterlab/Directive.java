package dev.weir.loadtest.clusterlab;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for.
 *
 * @param kind admin or weight
 * @param backend its id
 * @param value as in JSON; null: taken back
 */
record Directive(String kind, String backend, @Nullable String value) {

    static Directive admin(int backend, String state) {
        return new Directive("admin", Node.backend(backend), state);
    }

    static Directive weight(int backend, int weight) {
        return new Directive("weight", Node.backend(backend), Integer.toString(weight));
    }

    Directive takenBack() {
        return new Directive(kind, backend, null);
    }

    String path() {
        return "/api/pools/" + Node.POOL + "/backends/" + URLEncoder.encode(backend, StandardCharsets.UTF_8) + "/"
                + kind;
    }

    @Nullable
    String body() {
        if (value == null) {
            return null;
        }
        return "{\"" + kind + "\": " + (kind.equals("admin") ? "\"" + value + "\"" : value) + "}";
    }

    /** As {@link NodeView#directives} has it. */
    String words() {
        return backend + " " + kind + " " + value;
    }
}
