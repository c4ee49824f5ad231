package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.KeepAlive;
import dev.weir.balancer.backend.KeepAlive.Known;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections between two exchanges. They are reused last in, first out, so that those that are not needed grow old; and no
 * longer than the backend is known to leave them open. One that is too old for that is kept unused, as a witness: when the
 * backend closes it shows whether what was learned still holds. Of those that were opened in vain, and never used, nothing is
 * learned: servers wait for a first request for another time than for the next one. Confined to its event loop.
 */
final class IdleConnections {
    private final DeadlineWheel wheel;
    private final KeepAlive keepAlive;
    private final long maxIdleNanos;
    private final ArrayDeque<UpstreamConnection> connections = new ArrayDeque<>();
    private @Nullable UpstreamConnection witness;

    /** @param maxIdleNanos as configured: after this time a connection is closed in any case */
    IdleConnections(DeadlineWheel wheel, KeepAlive keepAlive, long maxIdleNanos) {
        this.wheel = wheel;
        this.keepAlive = keepAlive;
        this.maxIdleNanos = maxIdleNanos;
    }

    boolean isEmpty() {
        return connections.isEmpty();
    }

    void add(UpstreamConnection connection, long nowNanos) {
        Known known = keepAlive.known();
        long limitNanos = limit(connection, known);
        if (limitNanos == 0
                || connection.exchanges() >= Math.min(known.maxExchanges(nowNanos), connection.announcedMax())) {
            connection.close();
            return;
        }
        connection.idleSince(nowNanos);
        wheel.set(connection.idle(), nowNanos + limitNanos);
        connections.addLast(connection);
    }

    /** @return the connection that was used last, if that is no longer ago */
    @Nullable
    UpstreamConnection pollIdleFor(long nanos, long nowNanos) {
        UpstreamConnection last;
        while ((last = connections.peekLast()) != null && nowNanos - last.idleSinceNanos() <= nanos) {
            connections.removeLast();
            if (last.isOpen()) {
                last.taken(nowNanos);
                return last;
            }
        }
        return null;
    }

    /**
     * @param repeatable whether it does no harm if the backend is just closing the connection
     * @return null: there is none that is young enough
     */
    @Nullable
    UpstreamConnection poll(boolean repeatable, long nowNanos) {
        Known known = keepAlive.known();
        UpstreamConnection last;
        while ((last = connections.peekLast()) != null) {
            long idleNanos = nowNanos - last.idleSinceNanos();
            if (!last.isOpen()) {
                connections.removeLast();
            } else if (idleNanos > limit(last, known)) {
                connections.removeLast();
                retire(last, nowNanos);
            } else if (repeatable || isTrusted(last, idleNanos, known, nowNanos)) {
                connections.removeLast();
                last.taken(nowNanos);
                return last;
            } else {
                return null;
            }
        }
        return null;
    }

    /** Whether the backend will certainly not close it in this moment. */
    private boolean isTrusted(UpstreamConnection connection, long idleNanos, Known known, long nowNanos) {
        long announced = connection.announcedNanos();
        if (idleNanos <= known.trustedNanos(announced)) {
            return true;
        }
        UpstreamConnection oldest = connections.getFirst(); // still open: so the backend leaves them open for that long
        long oldestNanos = nowNanos - oldest.idleSinceNanos();
        return oldestNanos > known.provedNanos()
                && oldest.exchanges() > 0
                && oldest.isOpen()
                && idleNanos <= keepAlive.survived(oldestNanos).trustedNanos(announced);
    }

    private long limit(UpstreamConnection connection, Known known) {
        return Math.min(maxIdleNanos, Math.min(known.reusableNanos(), connection.announcedNanos()));
    }

    /** Its time is over. */
    void overdue(UpstreamConnection connection, long nowNanos) {
        connections.remove(connection); // the first, nearly always
        retire(connection, nowNanos);
    }

    private void retire(UpstreamConnection connection, long nowNanos) {
        long idleNanos = nowNanos - connection.idleSinceNanos();
        if (idleNanos >= maxIdleNanos) {
            if (connection.exchanges() > 0) {
                keepAlive.outlived(idleNanos, nowNanos);
            }
            remove(connection);
            connection.close();
        } else if (witness == null && connection.exchanges() > 0) {
            witness = connection;
            wheel.set(connection.idle(), connection.idleSinceNanos() + maxIdleNanos);
        } else {
            wheel.remove(connection.idle());
            connection.close();
        }
    }

    void remove(UpstreamConnection connection) {
        wheel.remove(connection.idle());
        connections.remove(connection);
        if (witness == connection) {
            witness = null;
        }
    }

    /** Closes those to addresses that are not in the list. */
    void closeUnlisted(List<InetSocketAddress> listed) {
        List<UpstreamConnection> all = new ArrayList<>(connections);
        UpstreamConnection last = witness;
        if (last != null) {
            all.add(last);
        }
        for (UpstreamConnection connection : all) {
            if (!connection.isListed(listed)) {
                remove(connection);
                connection.close();
            }
        }
    }

    void close() {
        UpstreamConnection connection;
        while ((connection = connections.pollLast()) != null) {
            connection.close();
        }
        UpstreamConnection last = witness;
        if (last != null) {
            last.close();
        }
    }
}
