package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.FreePorts;
import dev.weir.loadtest.process.Pause;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Template;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** HAProxy before both balancers, of which one stops: it notices by /readyz, and no client by anything. */
final class LayersPlay {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int CLIENTS = 20;
    private static final int WARM = 5 * CLIENTS;
    private static final String NAME = "outer";

    private final Act act;
    private final InetSocketAddress outer;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger answers = new AtomicInteger();

    private LayersPlay(Act act, InetSocketAddress outer) {
        this.act = act;
        this.outer = outer;
    }

    static void play(Act act) throws IOException, InterruptedException {
        if (act.weir().rfc9209()) { // the one that stays, and is to be well
            try (Visitor visitor = act.visitor(Pool.ALONE)) {
                Shot next = act.send(visitor, Request.GET);
                act.found(Finding.NEXT, next.reply().summary());
                act.expectWell("the other balancer", next);
            }
            return;
        }
        Place place = act.place();
        InetSocketAddress outer = new InetSocketAddress(
                place.proxyHost(), FreePorts.takeLasting(1).getFirst());
        try (Sandbox sandbox = Sandbox.open()) {
            Process haProxy = start(sandbox, place, outer.getPort());
            boolean up = Deadline.await(SOON, () -> Peers.listens(haProxy, outer));
            act.expect("HAProxy", up, "does not come up: " + sandbox.lastWordsOf(NAME));
            new LayersPlay(act, outer).play();
        }
    }

    private static Process start(Sandbox sandbox, Place place, int port) {
        String text = Template.resource(LayersPlay.class, "outer.cfg")
                .fill(Map.of(
                        "address", place.proxyHost() + ":" + port,
                        "one", place.proxyHost() + ":" + place.ports().traffic(),
                        "one-admin", Integer.toString(place.ports().admin()),
                        "two", place.proxyHost() + ":" + place.ports().otherProxy(),
                        "two-admin", Integer.toString(place.ports().otherAdmin())));
        List<String> command = new ArrayList<>(place.entrance());
        command.addAll(List.of(
                Tool.HAPROXY.path(),
                "-db",
                "-f",
                sandbox.write(NAME + ".cfg", text).toString()));
        return sandbox.start(NAME, command);
    }

    private void play() throws InterruptedException {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(this::client));
        }
        act.expect("clients", Deadline.await(SOON, () -> answers.get() >= WARM), "not served in time");
        act.weir().terminate();
        int exit = act.weir().awaitExit(SOON).orElse(-1);
        act.expect("exit code", 0, exit);
        int before = answers.get();
        act.expect(
                "clients", Deadline.await(SOON, () -> answers.get() >= before + WARM), "not served by the other one");
        over.set(true);
        for (Thread client : clients) {
            client.join(SOON);
        }
        act.found(Finding.NEXT, "exit code " + exit + "; " + answers.get() + " POST answered");
    }

    private void client() {
        try (Visitor visitor = new Visitor(outer, act.pool(Pool.ALONE).name())) {
            while (!over.get()) {
                Reply reply = visitor.send(Request.POST);
                act.found(Finding.ALONE, reply.summary());
                act.expect("through the outer layer, end", Reply.Ending.WHOLE, reply.ending());
                act.cast()
                        .well()
                        .differences(reply)
                        .forEach(difference -> act.wrong("through the outer layer, " + difference));
                answers.incrementAndGet();
                Pause.brief();
            }
        } catch (IOException e) {
            act.wrong("through the outer layer: " + e);
        }
    }
}
