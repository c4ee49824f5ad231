package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void whatIsThereIsReadAndWhatIsNotFallsBack() {
        JsonObject json = new JsonObject()
                .put("text", "a")
                .put("word", "blue")
                .put("number", 1.5)
                .put("whole", 7)
                .put("ttl", "90s")
                .put("flag", false);
        Options given = new Options(json, "text", "word", "number", "whole", "ttl", "flag");
        assertThat(given.text("text", "b")).isEqualTo("a");
        assertThat(given.word("word", "red", "blue")).isEqualTo("blue");
        assertThat(given.number("number", 2, 0, 10)).isEqualTo(1.5);
        assertThat(given.whole("whole", 3, 1, 10)).isEqualTo(7);
        assertThat(given.duration("ttl", "1s", "1h")).isEqualTo(Duration.ofSeconds(90));
        assertThat(given.flag("flag", true)).isFalse();
        Options none = new Options(new JsonObject(), "text", "word", "number", "whole", "ttl", "flag");
        assertThat(none.text("text", "b")).isEqualTo("b");
        assertThat(none.text("text")).isNull();
        assertThat(none.word("word", "red", "blue")).isEqualTo("red");
        assertThat(none.number("number", 2, 0, 10)).isEqualTo(2);
        assertThat(none.whole("whole", 3, 1, 10)).isEqualTo(3);
        assertThat(none.duration("ttl", "1s", "1h")).isNull();
        assertThat(none.flag("flag", true)).isTrue();
    }

    @Test
    void anUnknownOptionSuggestsTheNearest() {
        messageOf(() -> new Options(new JsonObject().put("hash-onn", 1), "hash-on", "balance-factor"))
                .contains("'hash-onn'", "hash-on, balance-factor", "did you mean 'hash-on'");
        messageOf(() -> new Options(new JsonObject().put("x", 1))).contains("'x'", "no options");
    }

    @Test
    void whatIsWrongIsNamedWithItsValueAndWhatWasExpected() {
        messageOf(() -> options(7).text("o")).contains("'o'", "'7'", "expected");
        messageOf(() -> options(" ").text("o")).contains("'o'", "expected");
        messageOf(() -> options(new JsonArray().add(1)).text("o", "x")).contains("'o'", "[1]");
        messageOf(() -> options("gren").word("o", "green", "blue")).contains("'gren'", "green, blue", "mean 'green'");
        messageOf(() -> options("7").number("o", 1, 0, 10)).contains("'7'", "not a number", "0 to 10");
        messageOf(() -> options(11).number("o", 1, 0.5, 10)).contains("'11'", "out of range", "0.5 to 10");
        messageOf(() -> options(1.5).whole("o", 1, 0, 10)).contains("'1.5'", "whole", "0 to 10");
        messageOf(() -> options("fast").duration("o", "1s", "1h")).contains("'o'", "'fast'", "duration");
        messageOf(() -> options("2h").duration("o", "1s", "1h")).contains("'o'", "'2h'", "1s to 1h");
        messageOf(() -> options("yes").flag("o", true)).contains("'o'", "'yes'", "true or false");
    }

    private static AbstractStringAssert<?> messageOf(ThrowingCallable code) {
        return assertThatThrownBy(code)
                .isInstanceOf(IllegalArgumentException.class)
                .message();
    }

    private static Options options(Object value) {
        return new Options(new JsonObject().put("o", value), "o");
    }
}
