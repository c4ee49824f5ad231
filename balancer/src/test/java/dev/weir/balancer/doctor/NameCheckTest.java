package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NameCheckTest {
    private final RawServer server = RawServer.answering(RawServer.OK);

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        server.close();
    }

    private Report examine(FakeDns dns) {
        return Examine.url("http://shop.test:" + server.port())
                .resolver(dns.port())
                .report();
    }

    @Test
    void allAddressesOfANameAreToldWithTheirTimeToLive() {
        try (FakeDns dns = FakeDns.saying("127.0.0.1")) {
            Report report = examine(dns);
            assertThat(Examine.finding(report, Stage.NAME, "dns").text()).contains("A 127.0.0.1 (TTL 30 s", "no AAAA");
            assertThat(report.address()).isEqualTo("127.0.0.1:" + server.port());
            assertThat(report.severity()).isEqualTo(Severity.OK);
        }
    }

    @Test
    void aNameThatDoesNotExistIsNoServerFailureAndNoSilence() {
        try (FakeDns nobody = FakeDns.failing(3);
                FakeDns broken = FakeDns.failing(2);
                FakeDns unwilling = FakeDns.failing(5);
                FakeDns empty = FakeDns.saying();
                FakeDns silent = FakeDns.silent()) {
            assertThat(Examine.complaints(examine(nobody))).containsExactly("name/dns-nxdomain");
            assertThat(Examine.complaints(examine(broken))).containsExactly("name/dns-error");
            assertThat(Examine.finding(examine(broken), Stage.NAME, "dns-error").text())
                    .contains("SERVFAIL");
            assertThat(Examine.finding(examine(unwilling), Stage.NAME, "dns-error")
                            .text())
                    .contains("REFUSED");
            assertThat(Examine.complaints(examine(empty))).containsExactly("name/dns-no-address");
            Report left = Examine.url("http://shop.test")
                    .resolver(silent.port())
                    .timeout(Duration.ofMillis(300))
                    .report();
            assertThat(Examine.complaints(left)).containsExactly("name/dns-timeout");
        }
    }

    @Test
    void withoutAnAddressAllElseIsLeftOutAndSaysWhy() {
        try (FakeDns nobody = FakeDns.failing(3)) {
            Report report = examine(nobody);
            assertThat(report.stages()).hasSize(Stage.values().length);
            assertThat(report.stages().subList(1, 8))
                    .allSatisfy(stage -> assertThat(stage.skipped()).isEqualTo("the name has no address"));
            assertThat(report.connections()).isZero();
            assertThat(report.verdict()).startsWith("1 problem: DNS (127.0.0.1:");
            assertThat(report.advice()).startsWith("Check the spelling");
        }
    }

    @Test
    void addressesThatChangeWithinTheExaminationAreTold() {
        try (FakeDns dns = FakeDns.saying("127.0.0.1").then(3, "127.0.0.9")) {
            Report report = examine(dns);
            assertThat(Examine.finding(report, Stage.NAME, "name-changed").text())
                    .contains("from 127.0.0.1 to 127.0.0.9");
        }
    }

    @Test
    void aNameThatVanishesWithinTheExaminationIsTold() {
        try (FakeDns dns = FakeDns.saying("127.0.0.1").then(3)) {
            assertThat(Examine.complaints(examine(dns))).containsExactly("name/name-vanished");
        }
    }

    @Test
    void eachAddressOfBothFamiliesIsTried() {
        try (FakeDns dns = FakeDns.saying("127.0.0.1", "::1")) {
            Report report = examine(dns);
            assertThat(Examine.complaints(report))
                    .contains("connect/one-family")
                    .doesNotContain("http/not-http");
            assertThat(Examine.finding(report, Stage.CONNECT, "one-family"))
                    .satisfies(finding -> assertThat(finding.text()).contains("only IPv4 answers"))
                    .satisfies(finding -> assertThat(finding.advice()).contains("127.0.0.1"));
            assertThat(report.severity()).isEqualTo(Severity.WARNING);
        }
    }

    @Test
    void oneDeadAddressOfAFamilyIsAProblem() {
        try (FakeDns dns = FakeDns.saying("127.0.0.3", "127.0.0.1")) {
            Report report = examine(dns);
            assertThat(Examine.complaints(report)).containsExactly("connect/connection-refused");
            assertThat(report.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(report.address()).startsWith("127.0.0.1:");
        }
    }

    @Test
    void theHostsFileCounts() throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 nowhere.invalid other\n");
        Report report = Examine.url("http://nowhere.invalid:" + server.port())
                .hosts(hosts)
                .report();
        assertThat(Examine.finding(report, Stage.NAME, "resolved").text())
                .isEqualTo("nowhere.invalid is 127.0.0.1 (hosts file).");
        assertThat(Examine.stage(report, Stage.NAME).facts()).containsEntry("hosts_file", List.of("127.0.0.1"));
    }

    @Test
    void theHostsFileCountsForACompleteNameToo() throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 nowhere.invalid localhost\n");
        for (String name : List.of("nowhere.invalid.", "localhost.")) {
            Report report = Examine.url("http://" + name + ":" + server.port())
                    .hosts(hosts)
                    .report();
            assertThat(Examine.finding(report, Stage.NAME, "resolved").text())
                    .isEqualTo(name + " is 127.0.0.1 (hosts file).");
        }
    }

    @Test
    void aResolverThatWasNamedIsAskedForLocalhostToo() {
        try (FakeDns dns = FakeDns.saying("127.0.0.1")) {
            Report report = Examine.url("http://localhost:" + server.port())
                    .resolver(dns.port())
                    .report();
            assertThat(Examine.finding(report, Stage.NAME, "resolved").text())
                    .isEqualTo("localhost is 127.0.0.1 (DNS).");
        }
    }
}
