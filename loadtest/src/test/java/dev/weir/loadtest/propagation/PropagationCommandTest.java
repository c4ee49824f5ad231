package dev.weir.loadtest.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class PropagationCommandTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --nodes=1              | --nodes: 1 (expected: 2 to 20)
            --backends=1000,5      | --backends: 5 (expected: 0, or 33 to 50000)
            --share=1.5            | --share: 1.5 (expected: 0 to 1)
            --turns=-1             | --turns: -1.0 (expected: 0 to 1000)
            --seconds=0            | --seconds: 0 (expected: 1 to 3600)
            --warm-up=0            | --warm-up: 0 (expected: 1 to 3600)
            --weir-jar=nowhere.jar | --weir-jar: nowhere.jar (expected: a file that is there; build it
            """)
    void badUsageIsNamedWithWhatIsExpected(String argument, String message) {
        StringWriter err = new StringWriter();
        CommandLine command = new CommandLine(new PropagationCommand()).setErr(new PrintWriter(err));

        int code = command.execute(argument);

        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
    }
}
