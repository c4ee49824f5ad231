package dev.weir.balancer.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A TCP connection. A selector keeps every deadline, also that of a write. */
final class TcpWire implements Wire {
    private final SocketChannel channel;
    private final Selector selector;

    private TcpWire(SocketChannel channel, Selector selector) {
        this.channel = channel;
        this.selector = selector;
    }

    /** @throws SocketTimeoutException if there is no answer in time */
    static TcpWire connect(InetSocketAddress address, Deadline deadline) throws IOException {
        Selector selector = Selector.open();
        try {
            SocketChannel channel = SocketChannel.open();
            TcpWire wire = new TcpWire(channel, selector);
            try {
                wire.connectTo(address, deadline);
                return wire;
            } catch (IOException | RuntimeException e) {
                wire.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
    }

    private void connectTo(InetSocketAddress address, Deadline deadline) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, 0);
        if (!channel.connect(address)) {
            do {
                await(SelectionKey.OP_CONNECT, deadline);
            } while (!channel.finishConnect());
        }
    }

    @Override
    public int read(ByteBuffer into, Deadline deadline) throws IOException {
        while (true) {
            int count = channel.read(into);
            if (count != 0) {
                return count;
            }
            await(SelectionKey.OP_READ, deadline);
        }
    }

    @Override
    public void write(byte[] bytes, Deadline deadline) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (true) {
            channel.write(buffer);
            if (!buffer.hasRemaining()) {
                return;
            }
            await(SelectionKey.OP_WRITE, deadline);
        }
    }

    private void await(int operation, Deadline deadline) throws IOException {
        channel.keyFor(selector).interestOps(operation);
        long millis = deadline.leftMillis();
        int ready = millis == 0 ? selector.selectNow() : selector.select(millis);
        selector.selectedKeys().clear();
        if (ready == 0 && deadline.expired()) {
            throw new SocketTimeoutException("no answer in time");
        }
    }

    InetSocketAddress local() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException ignored) { // nothing that depends on it
            return;
        }
    }
}
