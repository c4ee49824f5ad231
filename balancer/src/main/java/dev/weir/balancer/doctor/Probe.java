package dev.weir.balancer.doctor;

import dev.weir.balancer.doctor.Answer.Kind;
import dev.weir.balancer.doctor.Response.Framing;
import dev.weir.balancer.doctor.Response.Head;
import dev.weir.balancer.incident.Amount;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends requests and reads what comes of them. Thread-safe. */
final class Probe {
    private static final int MAX_INTERIM = 20; // more are an endless loop over there

    private final Plan plan;
    private final Dialer dialer;
    private final AtomicInteger requests = new AtomicInteger();

    Probe(Plan plan, Dialer dialer) {
        this.plan = plan;
        this.dialer = dialer;
    }

    int requests() {
        return requests.get();
    }

    /**
     * On a connection of its own.
     *
     * @param moreFields lines that end with CRLF; may be empty
     */
    Answer fresh(InetAddress address, String method, String moreFields) {
        return fresh(address, method, moreFields, Duration.ZERO);
    }

    /** On a connection of its own, and looks for bytes behind the response. */
    Answer thorough(InetAddress address, String method) {
        return fresh(address, method, "", plan.glance());
    }

    private Answer fresh(InetAddress address, String method, String moreFields, Duration glance) {
        long begin = dialer.nanos();
        try (Wire wire = dialer.wire(address, dialer.step())) {
            return exchange(wire, method, "", moreFields, glance);
        } catch (IOException e) {
            return new Answer.Failed(Kind.NOT_CONNECTED, e, Bytes.NONE, dialer.nanos() - begin);
        }
    }

    /** As planned, on a connection that stands. */
    Answer exchange(Wire wire) {
        return exchange(wire, "");
    }

    /** @param preface what goes before the request, such as a PROXY protocol header */
    Answer exchange(Wire wire, String preface) {
        return exchange(wire, plan.method(), preface, "", Duration.ZERO);
    }

    private Answer exchange(Wire wire, String method, String preface, String moreFields, Duration glance) {
        Deadline deadline = dialer.step();
        requests.incrementAndGet();
        long begin = dialer.nanos();
        String request = preface + method + " " + plan.target().path() + " HTTP/1.1\r\nHost: " + plan.hostField()
                + "\r\nUser-Agent: weir-doctor\r\nAccept: */*\r\n" + moreFields + "\r\n";
        IOException unwritten = null;
        try {
            wire.write(request.getBytes(StandardCharsets.ISO_8859_1), deadline);
        } catch (IOException e) {
            unwritten = e; // an early answer may wait to be read
        }
        Answer answer = read(wire, method, begin, deadline, glance);
        return unwritten != null
                        && answer instanceof Answer.Failed failed
                        && failed.first().isEmpty()
                ? new Answer.Failed(Kind.NOT_TAKEN, unwritten, Bytes.NONE, failed.nanos())
                : answer;
    }

    private Answer read(Wire wire, String method, long begin, Deadline deadline, Duration glance) {
        Inflow inflow = new Inflow(wire, deadline);
        Violations violations = new Violations();
        try {
            if (!inflow.begin()) {
                return failed(Kind.CLOSED, new EOFException("closed without an answer"), inflow, begin);
            }
            if (!looksLikeHttp(inflow.first())) {
                return failed(Kind.NOT_HTTP, new IOException("no HTTP"), inflow, begin);
            }
            return new Answer.Got(response(inflow, violations, method, begin, glance));
        } catch (HeadReader.NotHttp e) {
            return failed(Kind.NOT_HTTP, e, inflow, begin);
        } catch (Inflow.LineTooLong e) { // that of the body has been dealt with
            return failed(Kind.ENDLESS, e, inflow, begin);
        } catch (SocketTimeoutException e) {
            return failed(inflow.first().isEmpty() ? Kind.SILENT : Kind.STALLED, e, inflow, begin);
        } catch (IOException e) {
            return failed(inflow.first().isEmpty() ? Kind.RESET : Kind.INCOMPLETE, e, inflow, begin);
        }
    }

    private static boolean looksLikeHttp(Bytes first) {
        return first.startsWith("HTTP/".substring(0, Math.min(5, first.size())));
    }

    private Response response(Inflow inflow, Violations violations, String method, long begin, Duration glance)
            throws IOException {
        HeadReader heads = new HeadReader(inflow, violations);
        List<Integer> interim = new ArrayList<>();
        Head head = heads.read();
        while (head.status() >= 100 && head.status() < 200 && head.status() != 101 && interim.size() < MAX_INTERIM) {
            interim.add(head.status());
            head = heads.read();
        }
        long headNanos = dialer.nanos() - begin;
        BodyReader body = new BodyReader(inflow, violations);
        Framing framing = body.framing(head, method);
        boolean intact = readBody(body, framing, head, violations);
        long totalNanos = dialer.nanos() - begin;
        if (intact && framing != Framing.CLOSE && glance.isPositive()) {
            surplus(inflow, method, head, violations, dialer.in(glance));
        }
        return new Response(
                head,
                List.copyOf(interim),
                framing,
                body.bytes(),
                body.start(),
                violations.list(),
                intact,
                headNanos,
                totalNanos);
    }

    private static boolean readBody(BodyReader body, Framing framing, Head head, Violations violations) {
        try {
            return body.read(framing, head);
        } catch (IOException e) { // a reset
            violations.problem(
                    "body-cut",
                    "It broke off after " + Amount.bytes(body.bytes()) + " of the body: " + e.getMessage()
                            + ". Clients of Weir get a broken transfer (http_response_incomplete).",
                    "Look for a crash, an out-of-memory kill or a worker timeout over there.");
            return false;
        }
    }

    private static void surplus(Inflow inflow, String method, Head head, Violations violations, Deadline patience) {
        Bytes surplus;
        try {
            surplus = inflow.surplus(patience);
        } catch (IOException e) { // nothing comes, or the connection is gone
            return;
        }
        if (!surplus.isEmpty()) {
            String what = method.equals("HEAD") ? "HEAD" : head.status() == 204 ? "204" : "the end of the body";
            violations.warning(
                    "surplus-bytes",
                    "It sends " + Amount.bytes(surplus.size()) + " after " + what + ": " + surplus.quote()
                            + ". Weir throws them away and closes the connection each time, so that the next client does"
                            + " not get them.",
                    Violations.REPAIR + ": the length must match the body; 204 and HEAD have none.");
        }
    }

    private Answer.Failed failed(Kind kind, IOException cause, Inflow inflow, long begin) {
        return new Answer.Failed(kind, cause, inflow.first(), dialer.nanos() - begin);
    }

    /** Whether plain HTTP gets any HTTP answer; for a port that was said to speak TLS. */
    boolean answersInTheClear(InetAddress address) {
        try (TcpWire wire = dialer.tcp(address, dialer.step())) {
            return switch (exchange(wire)) {
                case Answer.Got _ -> true;
                case Answer.Failed failed -> failed.first().startsWith("HTTP/");
            };
        } catch (IOException e) {
            return false;
        }
    }
}
