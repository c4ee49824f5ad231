package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client that keeps its connection as long as the proxy lets it, and then takes a new one. For one thread. */
final class Visitor implements AutoCloseable {
    /** Longer than any time limit of a proxy: who needs this long hangs. */
    static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final AtomicLong TOKENS = new AtomicLong();

    private final InetSocketAddress address;
    private final String host;
    private @Nullable RawClient connection;
    private final Consumer<String> surplus;
    private String lastToken = "";

    Visitor(InetSocketAddress address, String host) {
        this(address, host, what -> {});
    }

    /** @param surplus told of everything that comes and belongs to no answer */
    Visitor(InetSocketAddress address, String host, Consumer<String> surplus) {
        this.address = address;
        this.host = host;
        this.surplus = surplus;
    }

    Reply send(Request request) throws IOException {
        lastToken = "visitor-" + TOKENS.incrementAndGet();
        RawClient current = connect();
        tell(current.surplus());
        Reply reply = current.send(request, lastToken);
        if (!current.isUsable()) {
            tell(current.surplus());
        }
        return reply;
    }

    /** As a browser does: on a connection that was closed meanwhile, a request is sent once more on another one. */
    Reply sendPatiently(Request request) throws IOException {
        RawClient before = connection;
        boolean reused = before != null && before.isUsable();
        Reply reply = send(request);
        return reused && reply.status() == 0 && reply.body().isEmpty() ? send(request) : reply;
    }

    /** Of the last request: its User-Agent. */
    String lastToken() {
        return lastToken;
    }

    /** The one for the next request. */
    RawClient connect() throws IOException {
        RawClient current = connection;
        if (current == null || !current.isUsable()) {
            current = new RawClient(address, host, PATIENCE);
            connection = current;
        }
        return current;
    }

    private void tell(String what) {
        if (!what.isEmpty()) {
            surplus.accept(what);
        }
    }

    /** Stays until the other side has closed, too: what it still sends belongs to nobody. */
    @Override
    public void close() {
        RawClient last = connection;
        if (last != null && last.isUsable()) {
            tell(last.leave());
        }
    }
}
