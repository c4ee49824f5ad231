package dev.weir.balancer.config;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Status codes: one, a range, a text of several, or a list of all these. */
final class StatusSyntax {
    private static final String PART = "[1-5][0-9]{2}( *- *[1-5][0-9]{2})?";
    private static final String PATTERN = "^ *" + PART + "( *, *" + PART + ")* *$";

    private StatusSyntax() {}

    /**
     * @param min least code, at least 100
     * @param max greatest code, at most 599
     * @param items least number of them in a list
     */
    static Syntax<StatusSet> between(int min, int max, int items) {
        String expected =
                "status codes from " + min + " to " + max + ", such as " + min + " or " + (max - 99) + "-" + max;
        JsonObject constraints =
                new JsonObject().put("pattern", PATTERN).put("minimum", min).put("maximum", max);
        Scalar<StatusSet> codes = new Scalar<>(expected, List.of("string", "integer"), constraints, text -> {
            StatusSet parsed = StatusSet.parse(text);
            if (!parsed.within(min, max)) {
                throw Scalars.wrong(text, "is out of range", expected);
            }
            return parsed;
        });
        return new Shorthand<>(
                codes, Function.identity(), new Union(new ListOf<>("a list of status codes", items, codes)));
    }

    /** A list of sets, read as the set of all that they hold. */
    private record Union(ListOf<StatusSet> list) implements Syntax<StatusSet> {
        @Override
        public @Nullable StatusSet read(Value value) {
            List<StatusSet> sets = list.read(value);
            return sets == null ? null : StatusSet.union(sets);
        }

        @Override
        public String expected() {
            return list.expected();
        }

        @Override
        public JsonObject schema() {
            return list.schema();
        }
    }
}
