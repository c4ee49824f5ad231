package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.catalogue.Reply.Ending;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a proxy spoils of an answer is noticed. */
class WantedTest {
    private static final List<String> ADDED = List.of("via: 1.1 weir", "date: Fri, 20 Nov 2026 17:01:10 GMT");
    private static final Wanted WANTED = Wanted.of(200, "ok").with("X-A: 1");

    private static Reply reply(int status, String body, List<Integer> interim, String... fields) {
        List<String> all = new ArrayList<>(List.of(fields));
        all.addAll(ADDED);
        return new Reply(status, all, body, body.length(), interim, Ending.WHOLE);
    }

    @Test
    void anAnswerThatIsPassedOnUnspoiltIsRight() {
        assertThat(WANTED.differences(reply(200, "ok", List.of(), "x-a:  1 ", "Content-Length: 2")))
                .isEmpty();
    }

    @Test
    void anotherStatusBodyOrInterimResponseIsWrong() {
        assertThat(WANTED.differences(reply(201, "ok", List.of(), "X-A: 1", "Content-Length: 2")))
                .containsExactly("status: expected 200, got 201");
        assertThat(WANTED.differences(reply(200, "no", List.of(), "X-A: 1", "Content-Length: 2")))
                .containsExactly("body: expected \"ok\", got \"no\"");
        assertThat(WANTED.differences(reply(200, "ok", List.of(103), "X-A: 1", "Content-Length: 2")))
                .containsExactly("interim responses: expected [], got [103]");
        assertThat(WANTED.after(103).differences(reply(200, "ok", List.of(), "X-A: 1", "Content-Length: 2")))
                .containsExactly("interim responses: expected [103], got []");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Keep-Alive: timeout=1", "Upgrade: h2c", "Connection: close", "X-A: 1", "Bad Name: x", "Bad"})
    void aFieldTooManyIsWrong(String field) {
        assertThat(WANTED.differences(reply(200, "ok", List.of(), "X-A: 1", "Content-Length: 2", field)))
                .hasSize(1)
                .allMatch(difference -> difference.startsWith("fields: expected"));
    }

    @Test
    void aFieldThatIsMissingOrChangedIsWrong() {
        assertThat(WANTED.differences(reply(200, "ok", List.of(), "Content-Length: 2")))
                .hasSize(1);
        assertThat(WANTED.differences(reply(200, "ok", List.of(), "X-A: 2", "Content-Length: 2")))
                .hasSize(1);
    }

    @Test
    void aProxyHasToAddWhatItIsCalledAndTheDate() {
        Reply bare = new Reply(200, List.of("X-A: 1", "Content-Length: 2"), "ok", 2, List.of(), Ending.WHOLE);

        assertThat(WANTED.differences(bare)).hasSize(2);
    }
}
