package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** nginx and HAProxy, each with backends of its own. */
final class Peers {
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration LOGGED = Duration.ofSeconds(2);

    private Peers() {}

    /** Those that are installed. */
    static List<Tool> installed() {
        return List.of(Tool.NGINX, Tool.HAPROXY).stream()
                .filter(tool -> tool.find().isPresent())
                .toList();
    }

    static Peer start(Tool tool, Sandbox sandbox, String name, Place place, List<Cast> casts) {
        List<Pool> pools = new ArrayList<>();
        casts.forEach(cast -> pools.addAll(cast.pools()));
        Peer peer = tool == Tool.NGINX
                ? NginxPeer.start(sandbox, name, place, pools)
                : HaProxyPeer.start(sandbox, name, place, pools);
        try {
            if (Deadline.await(START, peer::isReady)) {
                return peer;
            }
            throw new MeasurementException("it does not listen");
        } catch (MeasurementException e) {
            throw new MeasurementException(name + ": " + e.getMessage() + ": " + sandbox.lastWordsOf(name), e);
        }
    }

    /** @throws MeasurementException if it has ended */
    static boolean listens(Process process, InetSocketAddress address) {
        if (!process.isAlive()) {
            throw new MeasurementException("it ended with " + process.exitValue());
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The common play, without judgement. */
    static PeerFindings play(Peer peer, Case scene, Cast cast) {
        String alone = cast.pools().getFirst().name();
        String masked = cast.pools().getLast().name();
        try (Visitor first = new Visitor(peer.traffic(), alone);
                Visitor second = new Visitor(peer.traffic(), masked)) {
            if (scene.peers() == Case.Peering.WARM) {
                first.sendPatiently(Request.GET);
                second.sendPatiently(Request.GET);
            }
            String unmasked = first.sendPatiently(scene.probe()).summary();
            String post = second.sendPatiently(scene.other()).summary();
            String get = second.sendPatiently(scene.probe()).summary();
            cast.heal();
            String next = first.sendPatiently(Request.GET).summary();
            Deadline.await(LOGGED, () -> !peer.logOf(alone).isEmpty());
            return new PeerFindings(unmasked, post, get, next, peer.logOf(alone));
        } catch (IOException e) {
            return new PeerFindings("no answer: " + e, "", "", "", peer.logOf(alone));
        }
    }
}
