package dev.weir.balancer.doctor;

import dev.weir.balancer.doctor.Response.Framing;
import dev.weir.balancer.doctor.Response.Head;
import dev.weir.balancer.incident.Amount;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;

/** Reads the body of a response (RFC 9112 section 6.3 says where it ends), and notes what is wrong with its framing. */
final class BodyReader {
    private static final int MAX_CHUNK_LINE = 4096;
    private static final int START = 512;

    /** More than that is not read: a download says nothing more of the backend's health. */
    private static final long MAX_BODY = 8L * 1024 * 1024;

    /** All that chunks may cost beyond what they carry. */
    private static final long MAX_FRAMING = MAX_BODY;

    private final Inflow inflow;
    private final Violations violations;
    private final ByteArrayOutputStream start = new ByteArrayOutputStream();
    private long bytes;

    BodyReader(Inflow inflow, Violations violations) {
        this.inflow = inflow;
        this.violations = violations;
    }

    Framing framing(Head head, String method) {
        List<String> codings = head.tokens("Transfer-Encoding");
        List<String> lengths = head.values("Content-Length").toList();
        if (head.status() == 204 && (!codings.isEmpty() || lengths.stream().anyMatch(length -> !length.equals("0")))) {
            violations.warning(
                    "body-on-204",
                    "Its 204 announces a body, which none may have (RFC 9110 section 15.3.5). Weir passes the 204 on and"
                            + " closes the connection each time.",
                    Violations.REPAIR + ": answer 200, or send no length with a 204.");
        }
        if (method.equals("HEAD") || head.status() == 204 || head.status() == 304 || head.status() < 200) {
            return Framing.NONE;
        }
        if (!codings.isEmpty()) {
            return codings(head, codings, !lengths.isEmpty());
        }
        return lengths.isEmpty() ? Framing.CLOSE : lengths(lengths);
    }

    private Framing codings(Head head, List<String> codings, boolean length) {
        if (!codings.stream().allMatch("chunked"::equals)) {
            violations.problem(
                    "transfer-coding",
                    "It sends Transfer-Encoding: " + String.join(", ", codings)
                            + ", which Weir did not ask for. Weir answers 502 (http_response_transfer_coding).",
                    Violations.REPAIR + ": only chunked is of use; compression belongs in Content-Encoding.");
            return codings.getLast().equals("chunked") ? Framing.CHUNKED : Framing.CLOSE;
        }
        if (codings.size() > 1) {
            violations.warning(
                    "chunked-twice",
                    "It sends Transfer-Encoding: chunked " + codings.size()
                            + " times. Weir takes it for once; nginx since 1.23 and HAProxy answer 502.",
                    Violations.REPAIR + ": often the application sets by hand what its server adds anyway.");
        }
        if (length) {
            violations.warning(
                    "two-lengths",
                    "It sends Content-Length and Transfer-Encoding together. Weir goes by the chunks (RFC 9112 section"
                            + " 6.3) and closes the connection each time; newer nginx answer 502.",
                    Violations.REPAIR + ": send one of the two.");
        }
        if (head.version().equals("HTTP/1.0")) {
            violations.problem(
                    "chunked-in-http-1.0",
                    "It sends chunks in an HTTP/1.0 response (RFC 9112 section 6.1). Weir answers 502"
                            + " (http_response_transfer_coding).",
                    Violations.REPAIR + ": answer as HTTP/1.1.");
        }
        return Framing.CHUNKED;
    }

    private Framing lengths(List<String> lengths) {
        List<String> different = lengths.stream().distinct().toList();
        if (different.size() > 1) {
            violations.problem(
                    "different-lengths",
                    "It sends Content-Length " + lengths.size() + " times with different values ("
                            + String.join(", ", different) + ")." + Violations.FAILS,
                    Violations.REPAIR + ".");
            return Framing.CLOSE;
        }
        if (lengths.size() > 1) {
            violations.warning(
                    "length-twice",
                    "It sends the same Content-Length " + lengths.size() + " times. Weir takes it for once.",
                    Violations.REPAIR + ".");
        }
        if (!different.getFirst().matches("[0-9]{1,18}")) {
            violations.problem(
                    "bad-length",
                    "Its Content-Length is no number: '" + different.getFirst() + "'." + Violations.FAILS,
                    Violations.REPAIR + ".");
            return Framing.CLOSE;
        }
        return Framing.LENGTH;
    }

    /** @return whether the body came to its end */
    boolean read(Framing framing, Head head) throws IOException {
        try {
            return switch (framing) {
                case NONE -> true;
                case LENGTH -> byLength(head);
                case CHUNKED -> chunks();
                case CLOSE -> untilClose(head);
            };
        } catch (EOFException e) {
            cut(
                    framing == Framing.CHUNKED
                            ? "It ended a chunked response without its end mark, after " + Amount.bytes(bytes) + "."
                            : "It closed after " + Amount.bytes(bytes) + " of the body.");
        } catch (SocketTimeoutException e) {
            stalled();
        } catch (Inflow.LineTooLong e) {
            badChunk("a line that does not end");
        }
        return false;
    }

    private boolean byLength(Head head) throws IOException {
        long length = Long.parseLong(head.values("Content-Length").findFirst().orElseThrow());
        if (take(length)) {
            return true;
        }
        if (bytes < MAX_BODY) {
            cut("It promised " + length + " bytes, sent " + bytes + " and closed.");
        }
        return false;
    }

    private boolean untilClose(Head head) throws IOException {
        if (!head.tokens("Connection").contains("close") && head.version().equals("HTTP/1.1")) {
            violations.warning(
                    "no-length",
                    "Its response has no length and ends with the connection: nobody can tell a whole one from one that"
                            + " was cut, and no connection is ever reused.",
                    "Let it send Content-Length or chunks.");
        }
        return !take(MAX_BODY) && bytes < MAX_BODY;
    }

    private boolean chunks() throws IOException {
        long begin = inflow.taken();
        while (inflow.taken() - begin - bytes < MAX_FRAMING) {
            Inflow.Line line = inflow.line(MAX_CHUNK_LINE);
            if (line.bareLf()) {
                violations.bareLf("the chunks", line.bytes());
            }
            String size = line.text().split(";", 2)[0].strip();
            if (!size.matches("[0-9a-fA-F]{1,15}")) {
                badChunk("the chunk size " + line.bytes().quote());
                return false;
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                return trailers();
            }
            if (!take(length)) {
                if (bytes < MAX_BODY) {
                    throw new EOFException("closed within a chunk");
                }
                return false;
            }
            Inflow.Line end = inflow.line(MAX_CHUNK_LINE);
            if (!end.bytes().isEmpty()) {
                badChunk(end.bytes().quote() + " behind a chunk of " + length + " bytes");
                return false;
            }
        }
        return false;
    }

    private boolean trailers() throws IOException {
        long begin = inflow.taken();
        while (inflow.taken() - begin < MAX_FRAMING) {
            if (inflow.line(MAX_CHUNK_LINE).bytes().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** @return false if the connection ended before, or if that would be more than is read at all */
    private boolean take(long length) throws IOException {
        long wanted = Math.min(length, MAX_BODY - bytes);
        long left = wanted;
        while (left > 0 && start.size() < START) {
            int octet = inflow.next();
            if (octet < 0) {
                return false;
            }
            start.write(octet);
            bytes++;
            left--;
        }
        while (left > 0) {
            long skipped = inflow.skip(Math.min(left, 16 * 1024));
            if (skipped == 0) {
                return false;
            }
            bytes += skipped;
            left -= skipped;
        }
        return wanted == length;
    }

    private void cut(String text) {
        violations.problem(
                "body-cut",
                text + " Clients of Weir get a broken transfer (http_response_incomplete).",
                "Look for a crash, an out-of-memory kill or a worker timeout over there.");
    }

    private void stalled() {
        violations.warning(
                "body-stalls",
                "Its body did not come to an end in time: " + Amount.bytes(bytes) + " came.",
                "If it is a stream, all is well (--path names another one to examine). Otherwise look for a stuck handler"
                        + " over there.");
    }

    private void badChunk(String what) {
        violations.problem(
                "bad-chunk",
                "Its chunks are broken after " + Amount.bytes(bytes) + ": " + what
                        + ". Weir answers 502 (http_response_transfer_coding) or breaks the transfer.",
                Violations.REPAIR + ".");
    }

    long bytes() {
        return bytes;
    }

    Bytes start() {
        return Bytes.of(start.toByteArray(), start.size());
    }
}
