package dev.weir.balancer.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** A strategy: its name, or a mapping of the name and options that only the strategy knows. */
final class StrategySyntax implements Syntax<StrategyConfig> {
    private static final Scalar<String> NAME = Scalars.matching(
            "[a-z0-9]([a-z0-9-]*[a-z0-9])?",
            "is not a strategy's name",
            "the name of a strategy, such as least-requests");

    /** Good with unequal requests and unequal backends alike, and without a thing to configure. */
    static final StrategyConfig DEFAULT = new StrategyConfig("least-requests", new JsonObject());

    static final Syntax<StrategyConfig> STRATEGY =
            new Shorthand<>(NAME, name -> new StrategyConfig(name, new JsonObject()), new StrategySyntax());

    private StrategySyntax() {}

    @Override
    public @Nullable StrategyConfig read(Value value) {
        if (!value.isMapping()) {
            value.failKind(STRATEGY.expected());
            return null;
        }
        Value name = value.get("name");
        if (name == null) {
            value.getOrEmpty("name").fail("missing; expected " + NAME.expected());
            return null;
        }
        String known = NAME.read(name);
        JsonObject options = object(value);
        options.remove("name");
        return known == null ? null : new StrategyConfig(known, options);
    }

    @Override
    public String expected() {
        return "a mapping of its name and options";
    }

    @Override
    public JsonObject schema() {
        return new JsonObject()
                .put("type", "object")
                .put("properties", new JsonObject().put("name", NAME.schema()))
                .put("required", new JsonArray().add("name"));
    }

    private static JsonObject object(Value mapping) {
        JsonObject object = new JsonObject();
        mapping.entries().forEach(entry -> object.put(entry.name(), json(entry)));
        return object;
    }

    /** The tree is bounded in size and depth: {@link NodeCheck}. */
    private static @Nullable Object json(Value value) {
        if (value.isMapping()) {
            return object(value);
        }
        if (value.isList()) {
            JsonArray array = new JsonArray();
            value.items().forEach(item -> array.add(json(item)));
            return array;
        }
        return scalar(value);
    }

    private static @Nullable Object scalar(Value value) {
        String text = value.text();
        try {
            return switch (value.jsonType()) {
                case "integer" -> integer(Long.parseLong(text));
                case "number" -> Double.valueOf(text);
                case "boolean" -> Boolean.valueOf(text);
                case "null" -> null;
                default -> text;
            };
        } catch (NumberFormatException e) {
            value.fail(Quote.text(text) + " is a number out of range");
            return null;
        }
    }

    /** The narrower type where it fits, as a JSON parser would choose. */
    private static Number integer(long value) {
        return value == (int) value ? (Number) (int) value : (Number) value;
    }
}
