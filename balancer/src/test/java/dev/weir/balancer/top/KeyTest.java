package dev.weir.balancer.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyTest {
    /** All keys in what a terminal sends, up to its end. */
    private static List<Key> keys(String sent) throws IOException {
        int[] at = {0};
        Key.Source source = millis -> at[0] < sent.length() ? sent.charAt(at[0]++) : -1;
        List<Key> keys = new ArrayList<>();
        do {
            keys.add(Key.read(source, 100));
        } while (keys.getLast() != Key.QUIT);
        return keys;
    }

    @Test
    void whoPressesQOrInterruptsOrHangsUpQuits() throws IOException {
        assertThat(keys("q")).containsExactly(Key.QUIT);
        assertThat(keys("\u0003")).containsExactly(Key.QUIT);
        assertThat(keys("")).containsExactly(Key.QUIT);
    }

    @Test
    void arrowsAreKnownInBothModesOfTheTerminalAndOtherKeysMeanNothing() throws IOException {
        assertThat(keys("\u001b[A\u001bOB\u001b[6~\u001b[5~\u001b[1;5C\u001b[15~xs"))
                .containsExactly(
                        Key.UP, Key.DOWN, Key.PAGE_DOWN, Key.PAGE_UP, Key.NONE, Key.NONE, Key.NONE, Key.SORT, Key.QUIT);
    }

    @Test
    void anEscapeAloneMeansNothing() throws IOException {
        int[] at = {0};
        int[] sent = {27, -2, 'q'};
        Key.Source source = millis -> sent[at[0]++];
        assertThat(Key.read(source, 100)).isEqualTo(Key.NONE);
        assertThat(Key.read(source, 100)).isEqualTo(Key.QUIT);
    }

    @Test
    void whereNothingIsPressedThereIsNoKey() throws IOException {
        assertThat(Key.read(millis -> -2, 100)).isEqualTo(Key.NONE);
    }
}
