package dev.weir.balancer.doctor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;

/** An examination with short deadlines; each test changes what it is about. */
final class Examine {
    private final Target target;
    private String method = "GET";
    private Duration timeout = Duration.ofSeconds(5);
    private Duration whole = Duration.ofMinutes(1);
    private Duration glance = Duration.ofMillis(20);
    private Duration idleProbe = Duration.ZERO;
    private int requests = 1;
    private InetSocketAddress resolver;
    private Path hosts = Path.of("/etc/hosts");
    private List<X509Certificate> authorities = List.of();
    private URI admin;

    private Examine(String url) {
        target = Target.parse(url);
    }

    static Examine url(String url) {
        return new Examine(url);
    }

    static Report http(int port) {
        return url("http://127.0.0.1:" + port).report();
    }

    Examine method(String value) {
        method = value;
        return this;
    }

    Examine timeout(Duration value) {
        timeout = value;
        return this;
    }

    Examine whole(Duration value) {
        whole = value;
        return this;
    }

    Examine glance(Duration value) {
        glance = value;
        return this;
    }

    Examine idleProbe(Duration value) {
        idleProbe = value;
        return this;
    }

    Examine requests(int value) {
        requests = value;
        return this;
    }

    Examine resolver(int port) {
        resolver = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        return this;
    }

    Examine hosts(Path value) {
        hosts = value;
        return this;
    }

    Examine trusting(X509Certificate authority) {
        authorities = List.of(authority);
        return this;
    }

    Examine admin(int port) {
        admin = URI.create("http://127.0.0.1:" + port);
        return this;
    }

    Report report() {
        return new Doctor(plan(), System::nanoTime, InstantSource.system()).examine();
    }

    /** Only that stage, TLS or HTTP, at 127.0.0.1: much less than a whole examination. */
    Report alone(Stage stage) {
        Plan plan = plan();
        Dialer dialer = new Dialer(plan, System::nanoTime);
        Probe probe = new Probe(plan, dialer);
        InetAddress address = InetAddress.ofLiteral("127.0.0.1");
        Findings findings = new Findings();
        if (stage == Stage.TLS) {
            new TlsCheck(plan, dialer, probe, Instant.now()).check(address, findings);
        } else {
            new HttpCheck(plan, dialer, probe).check(address, findings);
        }
        StageReport report = findings.report(stage, 0);
        return new Report(
                target, "", Instant.now(), Duration.ZERO, dialer.connections(), probe.requests(), List.of(report));
    }

    private Plan plan() {
        return new Plan(
                target,
                method,
                null,
                timeout,
                whole,
                glance,
                idleProbe,
                requests,
                resolver,
                hosts,
                authorities,
                admin,
                admin != null);
    }

    static StageReport stage(Report report, Stage stage) {
        return report.stages().stream()
                .filter(each -> each.stage() == stage)
                .findFirst()
                .orElseThrow();
    }

    static Finding finding(Report report, Stage stage, String code) {
        return stage(report, stage).findings().stream()
                .filter(finding -> finding.code().equals(code))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + code + " in\n" + ReportText.of(report, false)));
    }

    /** Warnings and problems: {@code stage/code}. */
    static List<String> complaints(Report report) {
        return report.stages().stream()
                .flatMap(stage -> stage.findings().stream()
                        .filter(finding -> finding.severity() != Severity.OK)
                        .map(finding -> stage.stage().label() + "/" + finding.code()))
                .collect(Collectors.toList());
    }
}
