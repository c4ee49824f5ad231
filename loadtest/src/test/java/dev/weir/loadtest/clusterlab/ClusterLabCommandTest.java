package dev.weir.loadtest.clusterlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ClusterLabCommandTest {
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        return new CommandLine(new ClusterLabCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void anUnknownScenarioIsAnsweredWithThoseThatThereAre() {
        assertThat(execute("--scenario", "flood")).isEqualTo(2);
        assertThat(err.toString()).contains("--scenario: flood; expected some of cut-off, ");
    }

    @Test
    void aMissingJarIsNamedWithTheCommandThatBuildsIt() {
        assertThat(execute("--weir-jar", "/nowhere/weir.jar")).isEqualTo(1);
        assertThat(err.toString()).contains("/nowhere/weir.jar is not there", "mvn -pl balancer");
    }
}
