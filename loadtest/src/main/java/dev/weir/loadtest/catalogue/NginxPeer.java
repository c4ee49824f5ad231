package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Template;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** nginx. Its partner is a backup server, so that the culprit is asked first. */
record NginxPeer(String name, InetSocketAddress traffic, Process process, Path log) implements Peer {
    private static final Pattern ERROR = Pattern.compile("\\[\\w+] \\d+#\\d+: (?:\\*\\d+ )?(.*?), client: .*");

    static NginxPeer start(Sandbox sandbox, String name, Place place, List<Pool> pools) {
        StringBuilder upstreams = new StringBuilder();
        StringBuilder servers = new StringBuilder();
        for (Pool pool : pools) {
            upstream(pool, upstreams);
            servers.append("    server { listen %s:%d; server_name %s; location / { proxy_pass http://%s; } }\n"
                    .formatted(place.proxyHost(), place.ports().traffic(), pool.name(), pool.name()));
        }
        String text = Template.resource(NginxPeer.class, "nginx.conf")
                .fill(Map.of("name", name, "upstreams", upstreams.toString(), "servers", servers.toString()));
        List<String> command = new ArrayList<>(place.entrance());
        command.addAll(List.of(
                Tool.NGINX.path(),
                "-p",
                sandbox.directory().toString(),
                "-e",
                "stderr",
                "-c",
                sandbox.write(name + ".conf", text).toString(),
                "-g",
                "daemon off;"));
        Process process = sandbox.start(name, command);
        InetSocketAddress traffic =
                new InetSocketAddress(place.proxyHost(), place.ports().traffic());
        return new NginxPeer("nginx", traffic, process, sandbox.output(name));
    }

    /** max_fails=0: a server that failed once is asked again, or the second request would meet nothing. */
    private static void upstream(Pool pool, StringBuilder out) {
        out.append("    upstream ").append(pool.name()).append(" {\n");
        for (Member member : pool.members()) {
            out.append("        server %s max_fails=0%s;\n"
                    .formatted(member.address(), member.partner() ? " backup" : ""));
        }
        out.append("        keepalive 8;\n    }\n");
    }

    @Override
    public boolean isReady() {
        return Peers.listens(process, traffic);
    }

    @Override
    public String logOf(String pool) {
        String host = "host: \"" + pool + "\"";
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains(host))
                    .map(ERROR::matcher)
                    .filter(Matcher::find)
                    .map(match -> match.group(1))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
