package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import javax.naming.CommunicationException;
import javax.naming.NameNotFoundException;
import javax.naming.ServiceUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeResolverTest {
    private static final String NAME = "shop.faults.test";
    private static final Duration TTL = Duration.ofSeconds(7);

    private final FakeResolver resolver = FakeResolver.start();

    @AfterEach
    void close() {
        resolver.close();
    }

    @Test
    void eachFamilyGetsItsOwnAddressesInOrder() throws Exception {
        resolver.answer(NAME, Answer.addresses(TTL, "127.0.0.3", "::1", "127.0.0.2"));

        assertThat(DnsClient.lookUp(resolver, NAME, "A")).containsExactly("127.0.0.3", "127.0.0.2");
        assertThat(DnsClient.lookUp(resolver, NAME, "AAAA")).containsExactly("::1");
        assertThat(resolver.queries())
                .containsExactly(new FakeResolver.Query(NAME, "A"), new FakeResolver.Query(NAME, "AAAA"));
    }

    @Test
    void theAnswerRepeatsTheQuestionAndHasTheTimeToLive() throws Exception {
        resolver.answer(NAME, Answer.addresses(TTL, "192.0.2.1"));
        String question = "0473686f70066661756c7473047465737400" + "00010001";

        byte[] response = exchange("abcd" + "0100" + "0001000000000000" + question);

        assertThat(HexFormat.of().formatHex(response))
                .isEqualTo("abcd" + "8180" + "0001000100000000" + question + "c00c00010001" + "00000007" + "0004"
                        + "c0000201");
    }

    @Test
    void failuresAreThoseThatAClientUnderstands() throws Exception {
        resolver.answer("a.test", Answer.Failure.NXDOMAIN);
        resolver.answer("b.test", Answer.Failure.SERVFAIL);
        resolver.answer("c.test", Answer.Failure.REFUSED);
        resolver.answer("d.test", Answer.silence());
        resolver.answer("e.test", Answer.addresses(TTL));

        assertThatIOException().isThrownBy(() -> lookUp("a.test")).withCauseInstanceOf(NameNotFoundException.class);
        assertThatIOException()
                .isThrownBy(() -> lookUp("b.test"))
                .withCauseInstanceOf(ServiceUnavailableException.class);
        assertThatIOException().isThrownBy(() -> lookUp("c.test")).withMessageContaining("response code 5");
        assertThatIOException().isThrownBy(() -> lookUp("d.test")).withCauseInstanceOf(CommunicationException.class);
        assertThat(DnsClient.lookUp(resolver, "e.test", "A")).isEmpty();
    }

    @Test
    void namesThatNobodyToldItOfDoNotExist() {
        resolver.answer(NAME, Answer.addresses(TTL, "127.0.0.1"));
        resolver.forget(NAME);

        assertThatIOException().isThrownBy(() -> lookUp(NAME)).withCauseInstanceOf(NameNotFoundException.class);
    }

    @Test
    void turnsAreTakenByEachFamilyForItself() throws Exception {
        resolver.answer(NAME, Answer.turns(Answer.addresses(TTL, "127.0.0.2"), Answer.addresses(TTL, "127.0.0.3")));

        assertThat(DnsClient.lookUp(resolver, NAME, "A")).containsExactly("127.0.0.2");
        assertThat(DnsClient.lookUp(resolver, NAME, "AAAA")).isEmpty();
        assertThat(DnsClient.lookUp(resolver, NAME, "A")).containsExactly("127.0.0.3");
        assertThat(DnsClient.lookUp(resolver, NAME, "A")).containsExactly("127.0.0.2");
    }

    @Test
    void aNameIsTheSameInCapitals() throws Exception {
        resolver.answer("Shop.Faults.Test", Answer.addresses(TTL, "127.0.0.2"));

        assertThat(DnsClient.lookUp(resolver, "SHOP.faults.test", "A")).containsExactly("127.0.0.2");
    }

    @Test
    void whatIsNoQueryIsIgnored() throws Exception {
        resolver.answer(NAME, Answer.addresses(TTL, "127.0.0.2"));
        try (DatagramSocket socket = new DatagramSocket()) {
            for (String junk : new String[] {"", "x", "a longer text that is not a query either, but has bytes"}) {
                byte[] bytes = junk.getBytes(StandardCharsets.US_ASCII);
                socket.send(new DatagramPacket(bytes, bytes.length, resolver.address()));
            }
        }

        assertThat(DnsClient.lookUp(resolver, NAME, "A")).containsExactly("127.0.0.2");
    }

    @Test
    void turnsWithoutAnAnswerAreRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Answer.turns())
                .withMessageContaining("at least one");
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatIOException()
                .isThrownBy(() -> FakeResolver.start("127.0.0.1", resolver.port()))
                .withMessageContaining("cannot bind 127.0.0.1 UDP port " + resolver.port());
    }

    private void lookUp(String name) throws IOException {
        DnsClient.lookUp(resolver, name, "A");
    }

    private byte[] exchange(String hex) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(20_000);
            byte[] query = HexFormat.of().parseHex(hex);
            socket.send(new DatagramPacket(query, query.length, resolver.address()));
            DatagramPacket response = new DatagramPacket(new byte[512], 512);
            socket.receive(response);
            return Arrays.copyOf(ByteBuffer.wrap(response.getData()).array(), response.getLength());
        }
    }
}
