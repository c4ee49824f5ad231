package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.CharBuffer;
import java.time.Instant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

final class AccessLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SEED = "20251120";
    private static final String TIME = "2025-11-20T10:54:33.123Z";

    private final LineRing ring = new LineRing(1 << 20, () -> {});
    private final AccessLog log = new AccessLog(ring, () -> Instant.parse(TIME).toEpochMilli(), true);

    @Test
    void aLineIsOneJsonObjectWithEveryAttempt() {
        log.begin()
                .text("method", "GET")
                .text("path", new AsciiString("/a?b=c"))
                .number("status", 200)
                .micros("duration_us", 1_234_567)
                .bool("reused", true)
                .openArray("attempts")
                .openObject()
                .text("backend", "127.0.0.1:9001")
                .text("error", "connection_refused")
                .closeObject()
                .openObject()
                .number("status", 200)
                .closeObject()
                .closeArray()
                .text("referer", null)
                .text("user_agent", "curl/8")
                .end();

        assertThat(written())
                .isEqualTo("{\"time\":\"" + TIME + "\",\"method\":\"GET\",\"path\":\"/a?b=c\",\"status\":200,"
                        + "\"duration_us\":1234,\"reused\":true,\"attempts\":[{\"backend\":\"127.0.0.1:9001\","
                        + "\"error\":\"connection_refused\"},{\"status\":200}],\"user_agent\":\"curl/8\"}\n");
    }

    @Test
    void anArrayMayBeEmpty() {
        log.begin().openArray("attempts").closeArray().number("status", 404).end();

        assertThat(written()).isEqualTo("{\"time\":\"" + TIME + "\",\"attempts\":[],\"status\":404}\n");
    }

    @Test
    void whatIsStillOpenAtTheEndIsClosed() {
        log.begin().openArray("attempts").openObject().number("status", 1).end();

        assertThat(written()).isEqualTo("{\"time\":\"" + TIME + "\",\"attempts\":[{\"status\":1}]}\n");
    }

    @Test
    void aLineThatWasNeverEndedLeavesNoTrace() {
        log.begin().text("method", "POST").openArray("attempts").openObject();
        log.begin().text("method", "GET").end();

        assertThat(written()).isEqualTo("{\"time\":\"" + TIME + "\",\"method\":\"GET\"}\n");
    }

    @Property(seed = SEED)
    void everyStringParsesBackToItself(@ForAll("texts") String text) throws IOException {
        assertThat(logged(text)).isEqualTo(text);
    }

    @Property(seed = SEED)
    void everyOtherCharSequenceParsesBackToItself(@ForAll("texts") String text) throws IOException {
        assertThat(logged(CharBuffer.wrap(text))).isEqualTo(text);
    }

    @Property(seed = SEED)
    void everyNettyStringParsesBackToItself(@ForAll byte[] bytes, @ForAll @IntRange(max = 3) int skipped)
            throws IOException {
        int offset = Math.min(skipped, bytes.length);
        AsciiString text = new AsciiString(bytes, offset, bytes.length - offset, false);

        assertThat(logged(text)).isEqualTo(text.toString());
    }

    @Property(seed = SEED)
    void halfASurrogatePairIsReplaced(@ForAll("texts") String before, @ForAll("texts") String after)
            throws IOException {
        assertThat(logged(before + '\ud83d' + "-" + after)).isEqualTo(before + "\ufffd-" + after);
        assertThat(logged(before + '\ude00' + after)).isEqualTo(before + "\ufffd" + after);
        assertThat(logged(before + '\ud83d')).isEqualTo(before + "\ufffd");
    }

    @Property(tries = 200, seed = SEED)
    void aTextOfAbsurdLengthIsCutAndMarkedAndStaysValid(
            @ForAll @StringLength(min = JsonLine.MAX_TEXT + 1, max = 3 * JsonLine.MAX_TEXT) String text)
            throws IOException {
        String kept = logged(replaceHalfPairs(text));

        assertThat(kept).endsWith("\u2026");
        String head = kept.substring(0, kept.length() - 1);
        assertThat(replaceHalfPairs(text)).startsWith(head);
        assertThat(head.length()).isGreaterThan(JsonLine.MAX_TEXT / 8);
    }

    @Test
    void aTextAtTheLimitIsKeptWholeAndOneBeyondIsCut() throws IOException {
        String longest = "x".repeat(JsonLine.MAX_TEXT);

        assertThat(logged(longest)).isEqualTo(longest);
        assertThat(logged(longest + "x")).isEqualTo(longest + "\u2026");
    }

    @Property(seed = SEED)
    void everyNumberParsesBackToItself(@ForAll long number) throws IOException {
        log.begin().number("n", number).end();

        assertThat(parsed().get("n").longValue()).isEqualTo(number);
    }

    @Test
    void theNumbersAtTheEdgesParseBackToThemselves() throws IOException {
        for (long number : new long[] {0, 9, 10, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1}) {
            everyNumberParsesBackToItself(number);
        }
    }

    @Test
    void aLineOfAbsurdLengthIsDroppedAndCountedAndTheNextOneIsWhole() {
        AccessLog.Line line = log.begin();
        for (int i = 0; i < 100; i++) {
            line.openArray("attempts").openObject().text("error", "x".repeat(JsonLine.MAX_TEXT));
            line.closeObject().closeArray();
        }
        line.end();
        log.begin().number("status", 200).end();

        assertThat(ring.dropped()).isEqualTo(1);
        assertThat(written()).isEqualTo("{\"time\":\"" + TIME + "\",\"status\":200}\n");
    }

    @Test
    void aLogThatIsOffKeepsNothing() {
        AccessLog off = new AccessLog(null, () -> 0, true);

        off.begin().text("method", "GET").end();

        assertThat(off.enabled()).isFalse();
        assertThat(log.enabled()).isTrue();
    }

    @Test
    void aWarmLineAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] millis = {0};
        AccessLog ticking = new AccessLog(ring, () -> millis[0] += 250, true);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 50 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                typicalLine(ticking);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertThat(written()).isNotEmpty();
        }
        assertThat(least).as("bytes for 1,000 lines").isZero();
        assertThat(ring.dropped()).isZero();
    }

    private static final AsciiString PATH = new AsciiString("/api/v1/products/4711?currency=EUR");
    private static final AsciiString AGENT = new AsciiString("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) \u00e4\" \\");

    private static void typicalLine(AccessLog log) {
        log.begin()
                .text("client", "192.0.2.17")
                .text("path", PATH)
                .text("host", "caf\u00e9.example\t\ud83d\ude00")
                .number("status", 200)
                .number("bytes_out", 5_120)
                .micros("duration_us", 1_234_567)
                .openArray("attempts")
                .openObject()
                .text("backend", "10.0.3.7:8080")
                .bool("reused", true)
                .closeObject()
                .closeArray()
                .text("user_agent", AGENT)
                .end();
    }

    /** Without unpaired surrogates. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Integer> codePoints = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 0x7f),
                Arbitraries.integers().between(0, 0xd7ff),
                Arbitraries.integers().between(0xe000, 0x10ffff),
                Arbitraries.of((int) '"', (int) '\\', 0, 0x1f, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000));
        return codePoints
                .list()
                .ofMaxSize(80)
                .map(list -> list.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    /** As UTF-8 does: it has no form for half a pair. */
    private static String replaceHalfPairs(String text) {
        return text.codePoints()
                .map(c -> c >= 0xd800 && c <= 0xdfff ? 0xfffd : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String logged(CharSequence text) throws IOException {
        log.begin().text("before", "x").text("text", text).number("after", 1).end();
        JsonNode line = parsed();
        assertThat(line.get("after").intValue()).isEqualTo(1);
        return line.get("text").textValue();
    }

    private JsonNode parsed() throws IOException {
        String line = written();
        assertThat(line).endsWith("\n");
        assertThat(line.indexOf('\n')).as("the only line end").isEqualTo(line.length() - 1);
        return JSON.readTree(line);
    }

    /** Everything that was logged since the last call. */
    private String written() {
        MemorySink sink = new MemorySink();
        try {
            ring.drainTo(sink);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return sink.text();
    }
}
