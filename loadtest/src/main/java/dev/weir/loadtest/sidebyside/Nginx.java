package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Template;
import dev.weir.loadtest.process.Tool;
import java.nio.file.Path;
import java.util.List;

/** nginx, as a load balancer with one worker. */
public final class Nginx implements Peer {
    public static final String NAME = "nginx";

    /** Relative to the prefix, which is the sandbox. */
    private static final String ACCESS_LOG = "nginx-access.log";

    /** Foreground, in a directory of its own, and away from what the distribution has configured. */
    static List<String> command(Sandbox sandbox, Path configuration) {
        return List.of(
                Tool.NGINX.path(),
                "-p",
                sandbox.directory().toString(),
                "-e",
                "stderr",
                "-c",
                configuration.toString(),
                "-g",
                "daemon off;");
    }

    static String installedVersion() {
        return Output.of(Tool.NGINX.path(), "-v").afterFirst("nginx/");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return installedVersion();
    }

    @Override
    public List<String> prepare(Sandbox sandbox, Wiring wiring) {
        String text = Template.resource(Nginx.class, "nginx.conf").fill(wiring.placeholders(ACCESS_LOG, "off"));
        return command(sandbox, sandbox.write("nginx.conf", text));
    }

    @Override
    public Path accessLog(Sandbox sandbox) {
        return sandbox.directory().resolve(ACCESS_LOG);
    }
}
