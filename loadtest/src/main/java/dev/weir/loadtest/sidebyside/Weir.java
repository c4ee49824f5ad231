package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Template;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load balancer of this project, in a JVM of the same version as the one that measures.
 *
 * @param jar self-contained, to be run with {@code java -jar}
 * @param javaOptions for its JVM
 * @param configuration with the placeholders of {@code weir.yaml} beside this class
 */
public record Weir(Path jar, List<String> javaOptions, Template configuration) implements Peer {
    public static final String NAME = "weir";

    private static final String ACCESS_LOG = "weir-access.log";
    private static final Pattern TRANSPORT = Pattern.compile("weir_transport_info\\{[^}]*transport=\"([^\"]+)\"");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        if (!Files.isReadable(jar)) {
            throw new MeasurementException(jar + " is not there; build it: mvn -pl balancer -DskipTests package");
        }
        return Output.of(java(), "-jar", jar.toString(), "--version").lastWord();
    }

    @Override
    public List<String> prepare(Sandbox sandbox, Wiring wiring) {
        String log = accessLog(sandbox).toString();
        Path file = sandbox.write("weir.yaml", configuration.fill(wiring.placeholders(log, "off")));
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(javaOptions);
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString(), "run", "--config", file.toString()));
        return command;
    }

    @Override
    public Path accessLog(Sandbox sandbox) {
        return sandbox.directory().resolve(ACCESS_LOG);
    }

    @Override
    public Map<String, String> facts(LocalHttp http, Wiring wiring) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("transport", transport(http, wiring));
        facts.put("java", System.getProperty("java.vm.version"));
        facts.put("java-options", javaOptions.isEmpty() ? "none" : String.join(" ", javaOptions));
        return facts;
    }

    /** What it chose, not what it was told. */
    private static String transport(LocalHttp http, Wiring wiring) {
        Matcher matcher =
                TRANSPORT.matcher(http.get(wiring.adminPort(), "/metrics").body());
        return matcher.find() ? matcher.group(1) : "unknown";
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
