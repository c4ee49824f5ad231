package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextRangeTest {
    record Pair(String name, String value) {}

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            nullValues = "none",
            value = {
                "'id=1', 1",
                "'a=0; id=1', 1",
                "'a=0;id=1;b=2', 1",
                "'  id=1  ; b=2', 1",
                "'id=\"1\"', 1",
                "'id=\"', '\"'",
                "'id=a=b', a=b",
                "'id=first; id=second', first",
                "'id=', ''",
                "'xid=1', none",
                "'ID=1', none",
                "'id', none",
                "'id; id=1', 1",
                "'', none",
                "';;;', none",
                "'a=\"x; id=1', 1",
            })
    void cookiesAreFound(String cookies, String expected) {
        assertThat(text(cookies, TextRange.ofCookie(cookies, "id"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "/?id=1, 1",
                "/a/b?x=0&id=1&y=2, 1",
                "/?id=1&id=2, 1",
                "/?id=, ''",
                "/?id, none",
                "/?id&id=3, 3",
                "/?xid=1, none",
                "/id=1, none",
                "/?, none",
                "/, none",
                "/?a=b?id=1, none",
                "/?id=a%20b, a%20b",
                "*, none",
            })
    void queryParametersAreFound(String target, String expected) {
        assertThat(text(target, TextRange.ofQuery(target, "id"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"/a/b?c, /a/b", "/a/b, /a/b", "?, ''", "/?x?y, /"})
    void thePathEndsWhereTheQueryBegins(String target, String path) {
        assertThat(text(target, TextRange.ofPath(target))).isEqualTo(path);
    }

    @Property
    void eachCookieOfAFieldIsFound(@ForAll("pairs") List<Pair> pairs) {
        String field = String.join(
                "; ", pairs.stream().map(pair -> pair.name + "=" + pair.value).toList());
        for (Pair pair : pairs) {
            assertThat(text(field, TextRange.ofCookie(field, pair.name))).isEqualTo(first(pairs, pair.name));
        }
        assertThat(TextRange.ofCookie(field, "absent")).isEqualTo(TextRange.NONE);
    }

    @Property
    void eachParameterOfAQueryIsFound(@ForAll("pairs") List<Pair> pairs) {
        String target = "/path?"
                + String.join(
                        "&",
                        pairs.stream().map(pair -> pair.name + "=" + pair.value).toList());
        for (Pair pair : pairs) {
            assertThat(text(target, TextRange.ofQuery(target, pair.name))).isEqualTo(first(pairs, pair.name));
        }
        assertThat(TextRange.ofQuery(target, "absent")).isEqualTo(TextRange.NONE);
    }

    @Provide
    Arbitrary<List<Pair>> pairs() {
        Arbitrary<String> names =
                Arbitraries.strings().withChars("ab-").ofMinLength(1).ofMaxLength(3);
        Arbitrary<String> values = Arbitraries.strings().withChars("ab=/.").ofMaxLength(5);
        return Combinators.combine(names, values).as(Pair::new).list().ofMaxSize(6);
    }

    private static String first(List<Pair> pairs, String name) {
        return pairs.stream().filter(pair -> pair.name.equals(name)).findFirst().orElseThrow().value;
    }

    private static @Nullable String text(String text, long range) {
        return range == TextRange.NONE ? null : text.substring(TextRange.start(range), TextRange.end(range));
    }
}
