package dev.weir.balancer.config;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A single value.
 *
 * @param expected such as "a duration, such as 250ms"
 * @param types what JSON may call the value: string, integer, number, boolean
 * @param constraints of JSON schema, beside the type
 * @param parser from the text; throws {@link IllegalArgumentException} with a message for users that quotes the text
 */
record Scalar<T>(String expected, List<String> types, JsonObject constraints, Function<String, T> parser)
        implements Syntax<T> {
    /** Regular expressions, ours and the users', use the stack in proportion to it. */
    private static final int MAX_LENGTH = 1000;

    @Override
    public @Nullable T read(Value value) {
        if (!value.isScalar()) {
            value.failKind(expected);
            return null;
        }
        if (value.text().length() > MAX_LENGTH) {
            value.fail("is longer than " + MAX_LENGTH + " characters; expected " + expected);
            return null;
        }
        T parsed;
        try {
            parsed = parser.apply(value.text());
        } catch (IllegalArgumentException e) {
            value.fail(String.valueOf(e.getMessage()));
            return null;
        }
        if (!fits(value.jsonType())) {
            String fault = value.jsonType().equals("string") ? " must not be in quotes" : " must be in quotes";
            value.fail(Quote.text(value.text()) + fault + "; expected " + expected);
            return null;
        }
        return parsed;
    }

    private boolean fits(String type) {
        return types.contains(type) || (type.equals("integer") && types.contains("number"));
    }

    T parse(String text) {
        return parser.apply(text);
    }

    /** What JSON makes of the text where YAML leaves its quotes out. */
    Object json(String text) {
        if (types.contains("integer") && text.matches("[0-9]+")) {
            return Integer.valueOf(text);
        }
        return types.contains("boolean") ? Boolean.valueOf(text) : text;
    }

    @Override
    public JsonObject schema() {
        Object type = types.size() == 1 ? types.getFirst() : types;
        return new JsonObject().put("type", type).mergeIn(constraints);
    }
}
