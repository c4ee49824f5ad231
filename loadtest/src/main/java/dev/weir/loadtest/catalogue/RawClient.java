package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.catalogue.Reply.Ending;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One connection of a client that believes nothing: it sees how a response really ended, which HTTP libraries hide. Sends
 * and reads at the same time, so that an answer that comes before the end of the request is seen. For one thread.
 */
final class RawClient implements AutoCloseable {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");
    private static final int LONGEST_LINE = 256 * 1024;
    private static final int SHOWN = 200;
    static final int KEPT_BODY = 1 << 20;
    private static final byte[] BODY = new byte[16 * 1024];
    /** Of things that are no HTTP: how long more of them is waited for. */
    private static final Duration JUNK_PATIENCE = Duration.ofMillis(300);
    /** For the other side to close once it has said so, or was told that nothing more will come. */
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final String host;
    private final Duration patience;
    private final List<Integer> interim = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private List<String> head = List.of();
    private long length;
    private int status;
    private long deadlineNanos;
    private boolean usable = true;
    private String surplus = "";

    /**
     * @param host for the field of that name
     * @param patience for one response, from the beginning of its request
     */
    RawClient(InetSocketAddress address, String host, Duration patience) throws IOException {
        this.host = host;
        this.patience = patience;
        socket.connect(address, Math.toIntExact(patience.toMillis()));
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Whether another request may follow. */
    boolean isUsable() {
        return usable;
    }

    /** @param token by which the request is found in logs again */
    Reply send(Request request, String token) {
        CountDownLatch leave = new CountDownLatch(request.expectsContinue() ? 1 : 0);
        Thread sender = Thread.ofVirtual().start(() -> write(request, token, leave));
        try {
            return answer(request, leave);
        } finally {
            joined(sender);
        }
    }

    /** Only sends. */
    void ask(Request request, String token) {
        write(request, token, new CountDownLatch(0));
    }

    /** Only reads what was {@linkplain #ask asked} for. */
    Reply answer(Request request) {
        return answer(request, new CountDownLatch(0));
    }

    private Reply answer(Request request, CountDownLatch leave) {
        interim.clear();
        body.reset();
        length = 0;
        surplus = "";
        head = List.of();
        status = 0;
        deadlineNanos = System.nanoTime() + patience.toNanos();
        Reply reply = reply(read(request, leave));
        usable = reply.keepsConnection();
        if (!usable) {
            if (reply.ending() == Ending.WHOLE) {
                surplus = rest();
            }
            close();
        }
        return reply;
    }

    private Reply reply(Ending ending) {
        String text = body.toString(StandardCharsets.ISO_8859_1);
        return new Reply(status, head, text, Math.max(length, text.length()), List.copyOf(interim), ending);
    }

    private static void joined(Thread sender) {
        try {
            sender.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What cannot be sent is not: what counts is the answer, and that may have come before. */
    private void write(Request request, String token, CountDownLatch leave) {
        try {
            out.write(request.head(host, token).getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            if (leave.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                for (int left = request.bodyLength(); left > 0; left -= BODY.length) {
                    out.write(BODY, 0, Math.min(left, BODY.length));
                }
                out.flush();
            }
        } catch (IOException e) {
            // the reader sees why
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Ending read(Request request, CountDownLatch leave) {
        try {
            do {
                if (status != 0) {
                    interim.add(status);
                }
                if (!readHead()) {
                    return Ending.JUNK;
                }
                leave.countDown();
            } while (status < 200 && status != 101);
            return readBody(request.method());
        } catch (EOFException e) {
            return status == 0 && body.size() > 0 ? Ending.JUNK : Ending.CUT;
        } catch (SocketTimeoutException e) {
            return Ending.HANG;
        } catch (IOException e) {
            return Ending.RESET;
        }
    }

    /** @return false if it is none */
    private boolean readHead() throws IOException {
        status = 0;
        String line = readLine();
        Matcher first = STATUS_LINE.matcher(line);
        if (!first.matches()) {
            body.write(line.getBytes(StandardCharsets.ISO_8859_1));
            readJunk();
            return false;
        }
        List<String> fields = new ArrayList<>();
        for (String field = readLine(); !field.isEmpty(); field = readLine()) {
            fields.add(field);
        }
        head = List.copyOf(fields);
        status = Integer.parseInt(first.group(1));
        return true;
    }

    private void readJunk() {
        try {
            deadlineNanos = System.nanoTime() + JUNK_PATIENCE.toNanos();
            for (int octet = read(); octet >= 0 && body.size() < 256; octet = read()) {
                body.write(octet);
            }
        } catch (IOException e) {
            // enough is known
        }
    }

    private Ending readBody(String method) throws IOException {
        Reply reply = reply(Ending.WHOLE);
        if (method.equals("HEAD") || status == 204 || status == 304 || status == 101) {
            return Ending.WHOLE;
        }
        if (reply.field("Transfer-Encoding").isPresent()) {
            return readChunks();
        }
        if (reply.field("Content-Length").isPresent()) {
            return readBytes(Long.parseLong(reply.field("Content-Length").get())) ? Ending.WHOLE : Ending.CUT;
        }
        readBytes(Long.MAX_VALUE);
        return Ending.UNFRAMED;
    }

    private Ending readChunks() throws IOException {
        while (true) {
            long size;
            try {
                size = Long.parseLong(readLine().split(";", 2)[0].strip(), 16);
            } catch (NumberFormatException e) {
                return Ending.JUNK;
            }
            if (size == 0) {
                while (!readLine().isEmpty()) {
                    // trailers
                }
                return Ending.WHOLE;
            }
            if (!readBytes(size)) {
                return Ending.CUT;
            }
            if (!readLine().isEmpty()) {
                return Ending.JUNK;
            }
        }
    }

    /** @return false if the end came before */
    private boolean readBytes(long count) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        for (long left = count; left > 0; ) {
            tick();
            int got = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (got < 0) {
                return false;
            }
            length += got;
            if (body.size() < KEPT_BODY) {
                body.write(buffer, 0, got);
            }
            left -= got;
        }
        return true;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = read(); octet != '\n'; octet = read()) {
            if (octet < 0) {
                if (!line.isEmpty() && status == 0) {
                    body.write(line.toString().getBytes(StandardCharsets.ISO_8859_1));
                }
                throw new EOFException();
            }
            if (line.length() < LONGEST_LINE) {
                line.append((char) octet);
            }
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    private int read() throws IOException {
        if (in.available() == 0) {
            tick();
        }
        return in.read();
    }

    /** No read takes longer than what is left. */
    private void tick() throws IOException {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        socket.setSoTimeout((int) Math.max(1, left / 1_000_000));
    }

    /**
     * What came, and belongs to no answer; to be asked before the next request. Empty: nothing, as it should be.
     */
    String surplus() {
        if (usable) {
            try {
                surplus = in.available() == 0
                        ? ""
                        : Text.quoted(new String(in.readNBytes(in.available()), StandardCharsets.ISO_8859_1), SHOWN);
            } catch (IOException e) {
                surplus = ""; // it is closed, and nothing has come
            }
        }
        return surplus;
    }

    /** As {@link #surplus}, of all that comes until the other side closes, as it has to once this one has sent FIN. */
    String leave() {
        if (usable) {
            try {
                socket.shutdownOutput();
                surplus = rest();
            } catch (IOException e) {
                // closed already
            }
            close();
        }
        return surplus;
    }

    private String rest() {
        StringBuilder rest = new StringBuilder();
        deadlineNanos = System.nanoTime() + CLOSING.toNanos();
        try {
            for (int octet = read(); octet >= 0 && rest.length() <= SHOWN; octet = read()) {
                rest.append((char) octet);
            }
            return rest.isEmpty() ? "" : Text.quoted(rest.toString(), SHOWN);
        } catch (SocketTimeoutException e) {
            return rest + "no end: the connection is not closed after " + CLOSING.toSeconds() + " s";
        } catch (IOException e) {
            return rest.isEmpty() ? "" : Text.quoted(rest.toString(), SHOWN); // reset, when all had come
        }
    }

    /** FIN of the sending side; the other one goes on. */
    void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** RST, as of a client that is gone. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        usable = false;
        try {
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }
}
