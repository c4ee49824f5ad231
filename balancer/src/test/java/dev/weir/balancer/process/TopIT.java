package dev.weir.balancer.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.balancer.ClosedPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir top} on a terminal. */
class TopIT {
    private static final String ALTERNATE_SCREEN = "\u001b[?1049h";
    private static final String USUAL_SCREEN = "\u001b[?1049l";
    private static final String CURSOR_AGAIN = "\u001b[?25h";
    private static final Pattern SETTINGS = Pattern.compile("(?m)^before=(\\S+)\\s.*^after=(\\S+)\\s", Pattern.DOTALL);

    @TempDir
    Path directory;

    @BeforeEach
    void needsATerminal() {
        assumeTrue(PseudoTerminal.isAvailable(), "skipped: there is no script(1) of util-linux");
    }

    private WeirProcess balancer() {
        return new WeirProcess(directory, """
                listeners: [ { address: "127.0.0.1:0" } ]
                admin: { address: "127.0.0.1:0" }
                access-log: "off"
                pools: { shop: { backends: [ "http://127.0.0.1:%d" ] } }
                """.formatted(ClosedPort.take()));
    }

    private static PseudoTerminal top(WeirProcess balancer, Map<String, String> environment) {
        String jar = Objects.requireNonNull(System.getProperty("weir.jar"), "the build says where weir.jar lies");
        return new PseudoTerminal(
                "stty rows 24 cols 80; echo before=$(stty -g); " + RunningProcess.jdk("java") + " -jar " + jar
                        + " top --interval 200ms --admin " + balancer.adminUrl()
                        + "; echo code=$?; echo after=$(stty -g)",
                environment);
    }

    /** The last thing that happened, and the settings of the terminal. */
    private static void assertRestored(PseudoTerminal terminal, int code) {
        terminal.awaitText("after=");
        terminal.awaitText("code=" + code);
        String written = terminal.written();
        assertThat(written).contains(CURSOR_AGAIN);
        assertThat(written.lastIndexOf(USUAL_SCREEN))
                .isGreaterThan(written.lastIndexOf(ALTERNATE_SCREEN))
                .isLessThan(written.indexOf("code="));
        Matcher settings = SETTINGS.matcher(written + "\n");
        assertThat(settings.find()).as(written).isTrue();
        assertThat(settings.group(2)).isEqualTo(settings.group(1));
    }

    @Test
    void qLeavesTheTerminalAsItWas() {
        try (WeirProcess balancer = balancer();
                PseudoTerminal terminal = top(balancer, Map.of())) {
            terminal.awaitText("weir top");
            terminal.awaitText("pool shop");
            assertThat(terminal.written()).contains(ALTERNATE_SCREEN, "\u001b[?25l");
            terminal.type("q");
            assertRestored(terminal, 0);
        }
    }

    @Test
    void whileTheBalancerIsGoneItTriesAgainAndTheEndOfTheProcessRestoresTheTerminalToo() {
        try (WeirProcess balancer = balancer();
                PseudoTerminal terminal = top(balancer, Map.of("NO_COLOR", "1"))) {
            terminal.awaitText("pool shop");
            balancer.process().kill();
            terminal.awaitText("trying again: no answer from ");
            assertThat(terminal.written()).doesNotContainPattern("\u001b\\[[0-9;]*3[0-7][0-9;]*m");
            List<ProcessHandle> running = terminal.running("java");
            assertThat(running).hasSize(1);
            running.getFirst().destroy();
            assertRestored(terminal, 143);
        }
    }

    @Test
    void ctrlCIsAWayToQuit() {
        try (WeirProcess balancer = balancer();
                PseudoTerminal terminal = top(balancer, Map.of())) {
            terminal.awaitText("pool shop");
            terminal.type("\u0003");
            assertRestored(terminal, 0);
        }
    }
}
