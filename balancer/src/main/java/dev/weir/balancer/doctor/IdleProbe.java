package dev.weir.balancer.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;

/** Leaves one connection idle after a response, and watches what the backend does with it. */
final class IdleProbe implements Callable<IdleProbe.Result> {
    /** How the watch ended. */
    enum End {
        /** It was still open. */
        OPEN,
        CLOSED,
        RESET,
        /** Bytes came that nobody had asked for. */
        SPOKE,
        /** It was not kept after the response in the first place. */
        NOT_KEPT
    }

    /** @param idleNanos from the response to the end of the watch */
    record Result(End end, long idleNanos, Bytes bytes) {}

    private final Plan plan;
    private final Dialer dialer;
    private final Probe probe;
    private final InetAddress address;

    IdleProbe(Plan plan, Dialer dialer, Probe probe, InetAddress address) {
        this.plan = plan;
        this.dialer = dialer;
        this.probe = probe;
        this.address = address;
    }

    @Override
    public Result call() {
        try (Wire wire = dialer.wire(address, dialer.step())) {
            boolean kept = probe.exchange(wire) instanceof Answer.Got got
                    && got.response().reusable();
            return kept ? watch(wire) : new Result(End.NOT_KEPT, 0, Bytes.NONE);
        } catch (IOException e) {
            return new Result(End.NOT_KEPT, 0, Bytes.NONE);
        }
    }

    private Result watch(Wire wire) {
        long begin = dialer.nanos();
        ByteBuffer buffer = ByteBuffer.allocate(512);
        try {
            int count = wire.read(buffer, dialer.in(plan.idleProbe()));
            End end = count < 0 ? End.CLOSED : End.SPOKE;
            return new Result(end, dialer.nanos() - begin, Bytes.of(buffer.array(), Math.max(count, 0)));
        } catch (SocketTimeoutException e) {
            return new Result(End.OPEN, dialer.nanos() - begin, Bytes.NONE);
        } catch (IOException e) {
            return new Result(End.RESET, dialer.nanos() - begin, Bytes.NONE);
        }
    }
}
