package dev.weir.balancer;

import dev.weir.balancer.config.DurationText;
import dev.weir.balancer.doctor.Certificates;
import dev.weir.balancer.doctor.Doctor;
import dev.weir.balancer.doctor.Plan;
import dev.weir.balancer.doctor.Report;
import dev.weir.balancer.doctor.ReportJson;
import dev.weir.balancer.doctor.ReportText;
import dev.weir.balancer.doctor.Severity;
import dev.weir.balancer.doctor.Target;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description = {
            "Examines a backend stage by stage and says what is wrong with it and what to change: name, route, connect, TLS,"
                    + " HTTP, size of heads, keep-alive, latency, and what a running balancer thinks of it.",
            "Sends some 40 requests, one after the other. Exit code 0: all well, or warnings only; 1: a problem; 2: bad"
                    + " usage."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final Pattern SERVER = Pattern.compile("\\[?([0-9A-Fa-f.:]+?)]?(?::([0-9]{1,5}))?");
    private static final Pattern HOST = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Duration GLANCE = Duration.ofMillis(150); // longer than most ways there and back
    private static final Duration UNHURRIED = Duration.ofSeconds(60);
    private static final String ADMIN = "http://127.0.0.1:8081";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "URL", description = "The backend, such as http://10.0.3.7:8080/healthz.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String url;

    @Option(names = "--path", paramLabel = "PATH", description = "Ask for this path in place of the URL's.")
    private @Nullable String path;

    @Option(names = "--host", paramLabel = "NAME", description = "Send this Host field in place of the URL's.")
    private @Nullable String host;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "GET",
            showDefaultValue = Visibility.ALWAYS,
            description = "GET, HEAD or OPTIONS: it is repeated.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String method;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "2s",
            showDefaultValue = Visibility.ALWAYS,
            description = "For each step, such as 500ms or 5s.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String timeout;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description =
                    "For all steps together: what is not done by then is left out, and said so, and the exit code is 1. By"
                            + " default 60s more than --idle-probe.")
    private @Nullable String deadline;

    @Option(
            names = "--idle-probe",
            paramLabel = "TIME",
            defaultValue = "6s",
            showDefaultValue = Visibility.ALWAYS,
            description =
                    "How long to watch an idle connection; 6s finds the 5 s of Node and uvicorn, 75s nearly all. 0s: not"
                            + " at all.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String idleProbe;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "20",
            showDefaultValue = Visibility.ALWAYS,
            description = "How many to measure for the latency, 1 to 1000.")
    private int requests;

    @Option(
            names = "--resolver",
            paramLabel = "ADDRESS[:PORT]",
            description = "Ask this DNS server in place of the system's resolver.")
    private @Nullable String resolver;

    @Option(names = "--ca", paramLabel = "FILE", description = "Trust these certificates (PEM) in place of the JDK's.")
    private @Nullable Path authorities;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description = "The admin port of a running balancer; by default, " + ADMIN + " is tried quietly.")
    private @Nullable String admin;

    @Option(names = "--no-admin", description = "Ask no balancer.")
    private boolean noAdmin;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Option(names = "--strict", description = "Exit with 1 for warnings, too.")
    private boolean strict;

    @Override
    public Integer call() {
        Plan plan;
        try {
            plan = plan();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        // The name is resolved at the start and at the end, to see what changed.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Report report = new Doctor(plan, System::nanoTime, InstantSource.system()).examine();
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                json
                        ? ReportJson.of(report).encodePrettily()
                        : ReportText.of(report, Ansi.AUTO.enabled()).stripTrailing());
        out.flush();
        boolean bad = report.severity() == Severity.PROBLEM || (strict && report.severity() == Severity.WARNING);
        return bad ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private Plan plan() {
        Target target = Target.parse(url);
        if (path != null) {
            target = target.withPath(path);
        }
        if (!List.of("GET", "HEAD", "OPTIONS").contains(method)) {
            throw new IllegalArgumentException("--method: '" + method + "'; expected GET, HEAD or OPTIONS");
        }
        if (host != null && !HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("--host: '" + host + "' is no value of a Host field");
        }
        if (requests < 1 || requests > 1000) {
            throw new IllegalArgumentException("--requests: " + requests + "; expected 1 to 1000");
        }
        Duration idle = duration("--idle-probe", idleProbe, "0s");
        return new Plan(
                target,
                method,
                host,
                duration("--timeout", timeout, "1ms"),
                deadline == null ? idle.plus(UNHURRIED) : duration("--deadline", deadline, "1ms"),
                GLANCE,
                idle,
                requests,
                resolver == null ? null : server(resolver),
                Path.of("/etc/hosts"),
                authorities == null ? List.of() : Certificates.read(authorities),
                noAdmin ? null : adminPort(),
                admin != null);
    }

    private static Duration duration(String option, String text, String least) {
        try {
            return DurationText.parse(text, least, "10m");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    private static InetSocketAddress server(String text) {
        Matcher matcher = text.startsWith("[") || text.indexOf(':') == text.lastIndexOf(':')
                ? SERVER.matcher(text)
                : Pattern.compile("(.*)()").matcher(text); // an IPv6 address without brackets has no port
        try {
            if (matcher.matches()) {
                String port = matcher.group(2);
                int number = port == null || port.isEmpty() ? 53 : Integer.parseInt(port);
                return new InetSocketAddress(InetAddress.ofLiteral(matcher.group(1)), number);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(noServer(text), e);
        }
        throw new IllegalArgumentException(noServer(text));
    }

    private static String noServer(String text) {
        return "--resolver: '" + text + "'; expected an address, such as 10.96.0.10 or 127.0.0.1:5353";
    }

    private URI adminPort() {
        if (admin == null) {
            return URI.create(ADMIN);
        }
        Target target;
        try {
            target = Target.parse(admin);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--admin: " + e.getMessage(), e);
        }
        return URI.create(target.toString());
    }
}
