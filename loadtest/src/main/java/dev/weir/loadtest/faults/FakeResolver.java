package dev.weir.loadtest.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server over UDP that says what it is told to say (RFC 1035, section 4). Names that nobody told it of do not exist.
 * Safe for use by several threads.
 */
public final class FakeResolver implements AutoCloseable {
    /** Queries that are remembered. */
    private static final int REMEMBERED = 10_000;

    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    private static final int CLASS_IN = 1;
    /** A pointer to the name in the question, which begins behind the header of 12 bytes (section 4.1.4). */
    private static final short NAME_OF_QUESTION = (short) 0xc00c;

    private final DatagramSocket socket;
    private final Map<String, Told> names = new ConcurrentHashMap<>();
    private final List<Query> queries = new CopyOnWriteArrayList<>();

    /**
     * Something that was asked.
     *
     * @param name in lower case, without the dot at its end
     * @param type A, AAAA, or a number
     */
    public record Query(String name, String type) {}

    /** @param turns taken so far, by type of the query */
    private record Told(Answer answer, Map<Integer, AtomicInteger> turns) {}

    private record Question(String name, int type, int end) {}

    private FakeResolver(DatagramSocket socket) {
        this.socket = socket;
    }

    /** On a free port of 127.0.0.1. */
    public static FakeResolver start() {
        try {
            return start("127.0.0.1", 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param host an address of this machine, as a literal
     * @param port 0 takes a free one
     * @throws IOException if it is taken, or the address is not one of this machine
     */
    public static FakeResolver start(String host, int port) throws IOException {
        try {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(host), port));
            FakeResolver resolver = new FakeResolver(socket);
            Thread.ofVirtual().name("resolver-" + resolver.port()).start(resolver::serve);
            return resolver;
        } catch (IOException e) {
            throw new IOException("cannot bind " + host + " UDP port " + port + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** From now on, the name has this answer. Turns begin with the first one. */
    public void answer(String name, Answer answer) {
        names.put(name.toLowerCase(Locale.ROOT), new Told(answer, new ConcurrentHashMap<>()));
    }

    /** From now on, the name does not exist. */
    public void forget(String name) {
        names.remove(name.toLowerCase(Locale.ROOT));
    }

    /** The first {@value #REMEMBERED} of them, in order. */
    public List<Query> queries() {
        return List.copyOf(queries);
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                ByteBuffer response = respond(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                if (response.hasRemaining()) {
                    socket.send(new DatagramPacket(
                            response.array(), response.position(), response.remaining(), packet.getSocketAddress()));
                }
            } catch (BufferUnderflowException | IllegalArgumentException e) {
                // not a query: who sends such things gets no answer from real ones either
            } catch (IOException e) {
                // closed, or the one who asked is gone
            }
        }
    }

    /** @return empty if there is none */
    private ByteBuffer respond(ByteBuffer query) {
        Question question = question(query);
        if (queries.size() < REMEMBERED) {
            queries.add(new Query(question.name(), typeName(question.type())));
        }
        Told told = names.get(question.name());
        return switch (told == null ? Answer.Failure.NXDOMAIN : turn(told, question.type())) {
            case Answer.Failure failure -> response(query, question, failure.code(), List.of(), 0);
            case Answer.Addresses addresses ->
                response(query, question, 0, ofType(question.type(), addresses.addresses()), (int)
                        addresses.ttl().toSeconds());
            case Answer.Silence _ -> ByteBuffer.allocate(0);
            case Answer.Turns _ -> throw new IllegalStateException("turns within turns");
        };
    }

    private static Answer turn(Told told, int type) {
        Answer answer = told.answer();
        while (answer instanceof Answer.Turns(List<Answer> answers)) {
            int turn =
                    told.turns().computeIfAbsent(type, _ -> new AtomicInteger()).getAndIncrement();
            answer = answers.get(Integer.remainderUnsigned(turn, answers.size()));
        }
        return answer;
    }

    private static List<InetAddress> ofType(int type, List<InetAddress> addresses) {
        int length = type == TYPE_A ? 4 : type == TYPE_AAAA ? 16 : -1;
        return addresses.stream()
                .filter(address -> address.getAddress().length == length)
                .toList();
    }

    private static Question question(ByteBuffer query) {
        ByteBuffer in = query.duplicate();
        in.position(12);
        StringBuilder name = new StringBuilder();
        int length = in.get() & 0xff;
        while (length > 0) {
            if (length > 63) {
                throw new IllegalArgumentException("label of " + length + " bytes");
            }
            byte[] label = new byte[length];
            in.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.ISO_8859_1));
            length = in.get() & 0xff;
        }
        int type = in.getShort() & 0xffff;
        in.getShort(); // class
        return new Question(name.toString().toLowerCase(Locale.ROOT), type, in.position());
    }

    private static ByteBuffer response(
            ByteBuffer query, Question question, int code, List<InetAddress> addresses, int ttl) {
        ByteBuffer out = ByteBuffer.allocate(question.end() + 28 * addresses.size());
        out.put(query.slice(0, 2)); // id
        int recursionDesired = query.get(2) & 0x01;
        out.put((byte) (0x80 | recursionDesired)).put((byte) (0x80 | code)); // a response; recursion available
        out.putShort((short) 1).putShort((short) addresses.size()).putInt(0);
        out.put(query.slice(12, question.end() - 12));
        for (InetAddress address : addresses) {
            byte[] bytes = address.getAddress();
            out.putShort(NAME_OF_QUESTION).putShort((short) question.type()).putShort((short) CLASS_IN);
            out.putInt(ttl).putShort((short) bytes.length).put(bytes);
        }
        return out.flip();
    }

    private static String typeName(int type) {
        return switch (type) {
            case TYPE_A -> "A";
            case TYPE_AAAA -> "AAAA";
            default -> Integer.toString(type);
        };
    }
}
