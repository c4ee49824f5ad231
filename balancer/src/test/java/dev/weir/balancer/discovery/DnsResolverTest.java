package dev.weir.balancer.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.Address;
import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.failure.ProxyError;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real queries to a real server, which says what the test wants. */
final class DnsResolverTest {
    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private FakeNameServer server;
    private DnsResolver resolver;

    @BeforeEach
    void start() throws IOException {
        server = new FakeNameServer();
        Files.writeString(directory.resolve("hosts"), "127.0.0.7 local.test alias.test\n::7 local.test\n");
        Files.writeString(directory.resolve("resolv.conf"), "search cluster.test\noptions ndots:2\n");
        resolver = resolver(List.of(server.port()));
    }

    @AfterEach
    void stop() throws Exception {
        resolver.close();
        vertx.close().await(10, TimeUnit.SECONDS);
        server.close();
    }

    private DnsResolver resolver(List<Integer> ports) {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        List<Address> servers =
                ports.stream().map(port -> new Address("127.0.0.1", port)).toList();
        DnsConfig config =
                new DnsConfig(servers, Duration.ofMillis(150), Duration.ofSeconds(1), Duration.ofSeconds(300));
        return new DnsResolver(
                context, config, new SystemFiles(directory.resolve("hosts"), directory.resolve("resolv.conf")));
    }

    private Answer resolve(String host) throws Exception {
        return resolver.resolve(host).await(10, TimeUnit.SECONDS);
    }

    private Answer.Found found(String host) throws Exception {
        Answer answer = resolve(host);
        assertThat(answer).isInstanceOf(Answer.Found.class);
        return (Answer.Found) answer;
    }

    private Answer.Nothing nothing(String host) throws Exception {
        Answer answer = resolve(host);
        assertThat(answer).isInstanceOf(Answer.Nothing.class);
        return (Answer.Nothing) answer;
    }

    private static InetAddress ip(String address) {
        return InetAddress.ofLiteral(address);
    }

    @Test
    void allAddressesOfBothFamiliesAreFoundWithTheirTtl() throws Exception {
        server.say("shop.test.", 40, "127.0.0.2", "::2", "127.0.0.3");
        Answer.Found found = found("shop.test.");
        assertThat(found.addresses()).containsExactly(ip("::2"), ip("127.0.0.2"), ip("127.0.0.3"));
        assertThat(found.ttl()).isEqualTo(Duration.ofSeconds(40));
        assertThat(found.source()).isEqualTo(server.address());
        assertThat(found.ipv4Unknown()).isFalse();
        assertThat(found.ipv6Unknown()).isFalse();
    }

    @Test
    void oneFamilyIsEnough() throws Exception {
        server.say("shop.test.", 40, "127.0.0.2");
        assertThat(found("shop.test.").addresses()).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void aFamilyThatNobodyAnswersForHoldsUpTheOtherForAMomentOnly() throws Exception {
        server.say("shop.test.", 40, "127.0.0.2");
        server.keepSilentAbout("shop.test.", true);
        Answer.Found found = found("shop.test.");
        assertThat(found.addresses()).containsExactly(ip("127.0.0.2"));
        assertThat(found.ipv6Unknown()).isTrue();
        assertThat(found.ipv4Unknown()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, NOERROR, true, DNS knows no address of shop.test. (empty answer from",
        "2, SERVFAIL, false, DNS has no answer for shop.test. (SERVFAIL from",
        "3, NXDOMAIN, true, DNS says shop.test. does not exist (NXDOMAIN from",
        "5, REFUSED, false, DNS has no answer for shop.test. (REFUSED from"
    })
    void whyThereIsNoAddressIsTold(int rcode, String word, boolean gone, String detail) throws Exception {
        server.refuse("shop.test.", rcode);
        Answer.Nothing nothing = nothing("shop.test.");
        assertThat(nothing.gone()).isEqualTo(gone);
        assertThat(nothing.why().error()).isEqualTo(ProxyError.DNS_ERROR);
        assertThat(nothing.why().rcode()).isEqualTo(word);
        assertThat(nothing.why().detail()).isEqualTo(detail + " " + server.address() + ")");
    }

    @Test
    void aCommentInAnotherEncodingSpoilsNothing() throws Exception {
        Files.writeString(
                directory.resolve("resolv.conf"),
                "# made for M\u00fcller\nsearch cluster.test\noptions ndots:2\n",
                StandardCharsets.ISO_8859_1);
        server.say("shop.cluster.test.", 40, "127.0.0.2");
        assertThat(found("shop").addresses()).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void aSearchDomainThatIsNoNameKeepsNobodyFromAnAnswer() throws Exception {
        Files.writeString(directory.resolve("resolv.conf"), "search a..test cluster.test\noptions ndots:2\n");
        server.say("shop.cluster.test.", 40, "127.0.0.2");
        assertThat(found("shop").addresses()).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void aSilentServerIsATimeoutAfterItWasAskedTwice() throws Exception {
        server.keepSilent("shop.test.");
        Answer.Nothing nothing = nothing("shop.test.");
        assertThat(nothing.gone()).isFalse();
        assertThat(nothing.why().error()).isEqualTo(ProxyError.DNS_TIMEOUT);
        assertThat(nothing.why().rcode()).isNull();
        assertThat(nothing.why().detail())
                .isEqualTo("DNS has no answer for shop.test. (" + server.address() + " did not answer within 150 ms)");
        assertThat(server.questions()).filteredOn("shop.test. A"::equals).hasSize(2);
        assertThat(nothing.label()).isEqualTo("timeout");
    }

    @Test
    void theNextServerIsAskedIfOneIsSilentOrRefusesAndFirstOfAllTheNextTime() throws Exception {
        try (FakeNameServer silent = new FakeNameServer();
                FakeNameServer refusing = new FakeNameServer()) {
            silent.keepSilent("shop.test.");
            refusing.refuse("shop.test.", FakeNameServer.REFUSED);
            server.say("shop.test.", 40, "127.0.0.2");
            resolver.close();
            resolver = resolver(List.of(silent.port(), refusing.port(), server.port()));
            assertThat(found("shop.test.").addresses()).containsExactly(ip("127.0.0.2"));
            int before = silent.questions().size();
            assertThat(found("shop.test.").addresses()).containsExactly(ip("127.0.0.2"));
            assertThat(silent.questions()).hasSize(before);
        }
    }

    @Test
    void anAnswerTooLongForUdpIsFetchedOverTcp() throws Exception {
        String[] addresses = new String[100];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = "127.0.1." + i;
        }
        server.sayOverTcpOnly("shop.test.", 40, addresses);
        assertThat(found("shop.test.").addresses()).hasSize(100);
    }

    @Test
    void anAliasIsFollowedAndTheShortestTtlCounts() throws Exception {
        server.sayAlias("shop.test.", 7, "real.test.");
        server.say("real.test.", 40, "127.0.0.2");
        Answer.Found found = found("shop.test.");
        assertThat(found.addresses()).containsExactly(ip("127.0.0.2"));
        assertThat(found.ttl()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aliasesInACircleAreNoAddress() throws Exception {
        server.sayAlias("shop.test.", 7, "real.test.");
        server.sayAlias("real.test.", 7, "shop.test.");
        assertThat(nothing("shop.test.").why().rcode()).isEqualTo("NOERROR");
    }

    @Test
    void searchDomainsAreTriedInTheirOrder() throws Exception {
        server.say("shop.cluster.test.", 40, "127.0.0.2");
        server.say("shop.", 40, "127.0.0.3");
        assertThat(found("shop").addresses()).containsExactly(ip("127.0.0.2"));
        assertThat(found("shop.").addresses()).containsExactly(ip("127.0.0.3"));
    }

    @Test
    void noSuchNameIsNotSaidIfASearchDomainCouldNotBeAsked() throws Exception {
        server.refuse("shop.cluster.test.", FakeNameServer.SERVFAIL);
        Answer.Nothing nothing = nothing("shop");
        assertThat(nothing.gone()).isFalse();
        assertThat(nothing.why().rcode()).isEqualTo("SERVFAIL");
    }

    @Test
    void theHostsFileComesFirstAndIsReadAgainWhenItChanges() throws Exception {
        server.say("local.test.", 40, "127.0.0.2");
        assertThat(found("local.test").addresses()).containsExactly(ip("::7"), ip("127.0.0.7"));
        Path hosts = directory.resolve("hosts");
        Files.writeString(hosts, "127.0.0.8 local.test\n");
        Files.setLastModifiedTime(
                hosts, java.nio.file.attribute.FileTime.fromMillis(1_000)); // a file system's clock may be coarse
        assertThat(found("local.test").addresses()).containsExactly(ip("127.0.0.8"));
        assertThat(server.questions()).isEmpty();
    }

    @Test
    void localhostNeedsNoFileAndNoServer() throws Exception {
        assertThat(found("localhost").addresses()).containsExactly(ip("::1"), ip("127.0.0.1"));
        assertThat(server.questions()).isEmpty();
    }
}
