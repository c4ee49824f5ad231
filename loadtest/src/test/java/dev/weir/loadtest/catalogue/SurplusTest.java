package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What belongs to no answer is told of. Here a backend that misbehaves stands for a proxy that lets it through. */
class SurplusTest {
    private static List<String> told(String fault) throws IOException {
        List<String> told = new ArrayList<>();
        try (FaultServer server = FaultServer.start(Faults.get(fault));
                Visitor visitor = new Visitor(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                        "any.example",
                        told::add)) {
            visitor.send(Request.GET);
        }
        return told;
    }

    @ParameterizedTest
    @CsvSource({"surplus-after-204, JUNK", "surplus-after-length, JUNK", "surplus-after-chunks, JUNK"})
    void bytesBehindAnAnswerAreToldOf(String fault, String surplus) throws IOException {
        assertThat(told(fault)).containsExactly('"' + surplus + '"');
    }

    @Test
    void aWholeSecondAnswerIsToldOf() throws IOException {
        assertThat(told("unasked-200-when-idle")).hasSize(1).allMatch(what -> what.contains("forged"));
    }

    @Test
    void ofAProperAnswerNothingIsTold() throws IOException {
        assertThat(told("healthy")).isEmpty();
    }
}
