package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import javax.naming.CommunicationException;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.ServiceUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameFaultsTest {
    @Test
    void namesFailAsTheirFaultsSay() throws Exception {
        fails("dns-nxdomain", NameNotFoundException.class);
        fails("dns-servfail", ServiceUnavailableException.class);
        fails("dns-refused", NamingException.class);
        fails("dns-silent", CommunicationException.class);
    }

    @Test
    void aNameCanExistWithoutAnAddress() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-empty"))) {
            assertThat(lookUp(server, "A")).isEmpty();
            assertThat(lookUp(server, "AAAA")).isEmpty();
        }
    }

    @Test
    void aServerMovesFromOneAddressToAnotherAndItsNameWithIt() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-moved"))) {
            server.heal();
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.2");
            try (RawConnection connection = new RawConnection("127.0.0.2", server.port())) {
                assertThat(connection.get().readResponse()).contains(" 200 ");

                server.breakAgain();

                assertThat(connection.readAll().end()).isEqualTo(RawConnection.End.RST);
            }
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.3");
            refuses("127.0.0.2", server);
            serves("127.0.0.3", server);
        }
    }

    @Test
    void aStaleNamePointsToWhereNothingListens() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-stale"))) {
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.2");
            refuses("127.0.0.2", server);
            serves("127.0.0.3", server);
        }
    }

    @Test
    void aNameServerFallsSilentWhenTheServerMoves() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-frozen"))) {
            server.heal();
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.2");
            serves("127.0.0.2", server);

            server.breakAgain();

            assertThatIOException().isThrownBy(() -> lookUp(server, "A"));
            refuses("127.0.0.2", server);
            serves("127.0.0.3", server);
        }
    }

    @Test
    void oneOfTwoAddressesCanBeDead() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-one-of-two-dead"))) {
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.2", "127.0.0.3");
            refuses("127.0.0.2", server);
            serves("127.0.0.3", server);
        }
    }

    @Test
    void aNameOfTwoFamiliesIsServedByIPv4Only() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-two-families"))) {
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.1");
            assertThat(lookUp(server, "AAAA")).containsExactly("::1");
            assertThatIOException().isThrownBy(() -> new RawConnection("::1", server.port()));
            serves("127.0.0.1", server);
        }
    }

    @Test
    void everyAddressOfARotationServes() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-rotates"))) {
            for (String address : List.of("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.2")) {
                assertThat(lookUp(server, "A")).containsExactly(address);
                serves(address, server);
            }
        }
    }

    @Test
    void aNameServerCanFailNowAndThen() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("dns-fails-now-and-then"))) {
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.1");
            assertThatIOException().isThrownBy(() -> lookUp(server, "A"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dns-nxdomain", "dns-rotates"})
    void oneResolverServesManyAndForgetsThoseThatAreClosed(String id) throws Exception {
        try (FakeResolver resolver = FakeResolver.start()) {
            FaultServer server = FaultServer.start(Faults.get(id), Settings.DEFAULT.withResolver(resolver));
            server.heal();
            assertThat(DnsClient.lookUp(resolver, server.host(), "A")).isNotEmpty();

            server.close();

            assertThatIOException()
                    .isThrownBy(() -> DnsClient.lookUp(resolver, server.host(), "A"))
                    .withCauseInstanceOf(NameNotFoundException.class);
        }
    }

    private static void fails(String id, Class<? extends NamingException> how) throws IOException {
        try (FaultServer server = FaultServer.start(Faults.get(id))) {
            assertThat(server.url()).isEqualTo("http://" + id + ".faults.test:" + server.port());
            assertThatIOException().isThrownBy(() -> lookUp(server, "A")).withCauseInstanceOf(how);
            server.heal();
            assertThat(lookUp(server, "A")).containsExactly("127.0.0.1");
        }
    }

    private static void serves(String address, FaultServer server) throws IOException {
        try (RawConnection connection = new RawConnection(address, server.port())) {
            assertThat(connection.get().readResponse()).contains(" 200 ");
        }
    }

    private static void refuses(String address, FaultServer server) {
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new RawConnection(address, server.port()));
    }

    private static List<String> lookUp(FaultServer server, String type) throws IOException {
        return DnsClient.lookUp(server.resolver(), server.host(), type);
    }
}
