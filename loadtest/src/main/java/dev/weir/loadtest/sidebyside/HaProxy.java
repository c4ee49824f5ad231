package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Template;
import dev.weir.loadtest.process.Tool;
import java.nio.file.Path;
import java.util.List;

/** HAProxy with one thread. */
public final class HaProxy implements Peer {
    public static final String NAME = "haproxy";

    /** It writes to no file by itself; its standard output is one. */
    private static final String LOG_TO_STDOUT = "log stdout format raw local0 info";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return Output.of(Tool.HAPROXY.path(), "-v").afterFirst("version ");
    }

    @Override
    public List<String> prepare(Sandbox sandbox, Wiring wiring) {
        String text =
                Template.resource(HaProxy.class, "haproxy.cfg").fill(wiring.placeholders(LOG_TO_STDOUT, "no log"));
        Path configuration = sandbox.write("haproxy.cfg", text);
        return List.of(Tool.HAPROXY.path(), "-db", "-f", configuration.toString());
    }

    @Override
    public Path accessLog(Sandbox sandbox) {
        return sandbox.output(NAME);
    }
}
