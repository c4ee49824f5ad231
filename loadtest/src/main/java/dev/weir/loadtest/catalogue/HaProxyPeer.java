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

/** HAProxy. It fills the first server first, so that the culprit is asked before its partner. */
record HaProxyPeer(String name, InetSocketAddress traffic, Process process, Path log) implements Peer {
    /** httplog: timers, status, bytes, two cookies, termination state. */
    private static final Pattern LINE = Pattern.compile(" \\S+/(\\S+ [-\\d/+]+ [-\\d]+ [-\\d+]+) \\S+ \\S+ (\\S{4}) ");

    static HaProxyPeer start(Sandbox sandbox, String name, Place place, List<Pool> pools) {
        StringBuilder backends = new StringBuilder();
        for (Pool pool : pools) {
            backends.append("backend ").append(pool.name()).append("\n    balance first\n");
            int number = 0;
            for (Member member : pool.members()) {
                backends.append("    server %s-%d %s\n"
                        .formatted(member.partner() ? "partner" : "culprit", ++number, member.address()));
            }
        }
        String text = Template.resource(HaProxyPeer.class, "haproxy.cfg")
                .fill(Map.of(
                        "address", place.proxyHost() + ":" + place.ports().traffic(), "backends", backends.toString()));
        List<String> command = new ArrayList<>(place.entrance());
        command.addAll(List.of(
                Tool.HAPROXY.path(),
                "-db",
                "-f",
                sandbox.write(name + ".cfg", text).toString()));
        Process process = sandbox.start(name, command);
        InetSocketAddress traffic =
                new InetSocketAddress(place.proxyHost(), place.ports().traffic());
        return new HaProxyPeer("HAProxy", traffic, process, sandbox.output(name));
    }

    @Override
    public boolean isReady() {
        return Peers.listens(process, traffic);
    }

    @Override
    public String logOf(String pool) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains(" " + pool + "/"))
                    .map(LINE::matcher)
                    .filter(Matcher::find)
                    .map(match -> match.group(1) + " " + match.group(2))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
