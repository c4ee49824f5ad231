package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.Pause;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * SIGTERM while many clients keep their connections and send POST: not ready any more, but still accepting, and each answer
 * says {@code Connection: close}; so nobody loses a request on a connection that was kept, and what is under way ends.
 */
final class DrainPlay {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int CLIENTS = 60;
    /** Of them answers are kept before it stops. */
    private static final int WARM = 5 * CLIENTS;
    /** From the moment that readiness was seen to be off: until every event loop has heard of it. */
    private static final Duration HEARD = Duration.ofMillis(500);

    private final Act act;
    private final String token;
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger answersWithClose = new AtomicInteger();
    private final AtomicInteger untold = new AtomicInteger();
    private final AtomicInteger newcomers = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile long stoppedNanos;
    private volatile long unreadyNanos;

    private DrainPlay(Act act) {
        this.act = act;
        token = "drain-" + act.weir().name();
    }

    static void play(Act act) throws IOException, InterruptedException {
        new DrainPlay(act).play();
    }

    private void play() throws IOException, InterruptedException {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(this::client));
        }
        act.expect("clients", Deadline.await(SOON, () -> answers.get() >= WARM), "not served in time");
        try (Socket upload = new Socket(
                act.weir().traffic().getAddress(), act.weir().traffic().getPort())) {
            upload.setSoTimeout(Math.toIntExact(Visitor.PATIENCE.toMillis()));
            say(upload, "POST / HTTP/1.1\r\nHost: " + act.pool(Pool.ALONE).name() + "\r\nContent-Length: 4\r\n\r\nlo");
            stop();
            act.expect("the listener", Deadline.await(SOON, this::refuses), "still accepts after the delay");
            say(upload, "ng");
            String answer = new String(upload.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            String body = act.cast().well().body();
            boolean whole = answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\n" + body);
            act.expect("an upload that outlasts the delay", whole, "got: " + answer);
        }
        for (Thread client : clients) {
            act.expect("clients", client.join(SOON), "are still served");
        }
        judge();
    }

    private void stop() {
        stoppedNanos = System.nanoTime();
        act.weir().terminate();
        boolean unready = Deadline.await(SOON, this::isUnready);
        unreadyNanos = System.nanoTime();
        act.expect("readiness", unready, "never said that it drains, until it was gone");
    }

    /** 503 that says why; whoever does not answer is not unready but gone. */
    private boolean isUnready() {
        return act.weir()
                .admin("/readyz")
                .filter(page -> page.statusCode() == 503 && page.body().contains("drain"))
                .isPresent();
    }

    private boolean refuses() {
        try (Socket socket = new Socket()) {
            socket.connect(act.weir().traffic(), 1000);
            return socket.getInputStream().read() < 0 && isDelayOver();
        } catch (IOException e) {
            return true;
        }
    }

    private void judge() {
        int exit = act.weir().awaitExit(SOON).orElse(-1);
        act.expect("exit code", 0, exit);
        act.expect("POST on kept connections that got lost", 0, lost.get());
        act.expect("answers while it drains, without Connection: close", 0, untold.get());
        act.expect("answers with Connection: close", answersWithClose.get() > 0, "none");
        act.expect("while it is not ready, new connections", newcomers.get() > 0, "none was served");
        long logged = act.weir().accessLines(token, answers.get()).stream()
                .filter(line -> line.status() == 200 && line.error().isEmpty())
                .count();
        act.expect("answers in the access log", (long) answers.get(), logged);
        act.found(
                Finding.NEXT,
                "exit code " + exit + "; of " + answers.get() + " POST " + lost.get() + " lost, "
                        + answersWithClose.get() + " answered with Connection: close");
    }

    private static void say(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Looks for no FIN before it asks again. */
    private void client() {
        while (true) {
            try (RawClient connection =
                    new RawClient(act.weir().traffic(), act.pool(Pool.ALONE).name(), Visitor.PATIENCE)) {
                if (!exchanges(connection)) {
                    return;
                }
            } catch (IOException e) {
                act.expect("connections", isDelayOver(), "refused too early: " + e);
                return;
            }
        }
    }

    /** @return whether the answer said that another connection is to follow */
    private boolean exchanges(RawClient connection) {
        for (boolean kept = false; ; kept = true) {
            long began = System.nanoTime();
            Reply reply = connection.send(Request.POST, token);
            if (!reply.isWhole(200)) {
                if (kept) {
                    lost.incrementAndGet();
                }
                act.expect("a new connection", kept || isDelayOver(), "closed too early: " + reply.summary());
                return false;
            }
            answers.incrementAndGet();
            act.found(Finding.ALONE, reply.summary());
            judge(reply);
            count(reply, kept, began);
            if (!connection.isUsable()) {
                return true;
            }
            Pause.brief(); // as long as somebody thinks who is in a hurry
        }
    }

    private void judge(Reply reply) {
        Wanted well = act.cast().well();
        (closes(reply) ? well.with("Connection: close") : well)
                .differences(reply)
                .forEach(difference -> act.wrong("during the drain, " + difference));
    }

    private static boolean closes(Reply reply) {
        return reply.field("Connection").filter("close"::equalsIgnoreCase).isPresent();
    }

    private void count(Reply reply, boolean kept, long beganNanos) {
        boolean closes = closes(reply);
        answersWithClose.addAndGet(closes ? 1 : 0);
        long unready = unreadyNanos;
        if (unready != 0 && beganNanos - unready >= HEARD.toNanos()) {
            newcomers.addAndGet(kept ? 0 : 1);
            untold.addAndGet(closes ? 0 : 1);
        }
    }

    private boolean isDelayOver() {
        long stopped = stoppedNanos;
        return stopped != 0 && System.nanoTime() - stopped >= WeirConfiguration.DRAIN_DELAY.toNanos();
    }
}
