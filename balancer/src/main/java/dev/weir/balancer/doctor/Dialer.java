package dev.weir.balancer.doctor;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Opens connections to the backend, and counts them. Thread-safe. */
final class Dialer {
    private final Plan plan;
    private final LongSupplier nanoClock;
    private final Deadline whole;
    private final TlsClient tls;
    private final AtomicInteger connections = new AtomicInteger();

    Dialer(Plan plan, LongSupplier nanoClock) {
        this.plan = plan;
        this.nanoClock = nanoClock;
        this.whole = Deadline.in(plan.whole(), nanoClock);
        this.tls = new TlsClient(plan.target());
    }

    /** In the clear, whatever the URL says. */
    TcpWire tcp(InetAddress address, Deadline deadline) throws IOException {
        connections.incrementAndGet();
        return TcpWire.connect(new InetSocketAddress(address, port()), deadline);
    }

    /** Encrypted, whatever the URL says; no handshake yet. */
    TlsWire tls(InetAddress address, Deadline deadline) throws IOException {
        return tls.wire(tcp(address, deadline));
    }

    /** Ready for HTTP, as the URL says. */
    Wire wire(InetAddress address, Deadline deadline) throws IOException {
        if (!plan.target().tls()) {
            return tcp(address, deadline);
        }
        TlsWire wire = tls(address, deadline);
        try {
            wire.handshake(deadline);
            return wire;
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    int connections() {
        return connections.get();
    }

    int port() {
        return plan.target().port();
    }

    Duration timeout() {
        return plan.timeout();
    }

    /** The deadline of a step that begins now. */
    Deadline step() {
        return in(plan.timeout());
    }

    Deadline in(Duration duration) {
        return Deadline.in(duration, nanoClock).within(whole);
    }

    /** Whether the time of the whole examination is over. */
    boolean isOver() {
        return whole.expired();
    }

    long nanos() {
        return nanoClock.getAsLong();
    }

    /** {@code address:port}, for messages. */
    String at(InetAddress address) {
        String ip = Addresses.text(address);
        return (address instanceof Inet4Address ? ip : "[" + ip + "]") + ":" + port();
    }
}
