package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.IndispensableField;
import dev.weir.balancer.failure.Violation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Netty's response parser, which also knows what it takes to reuse a connection safely: which request is answered, how many
 * bytes have come, and whether any are left over.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    private static final int MAX_STATUS_LINE = 8 * 1024;
    private static final int MAX_PIECE = 64 * 1024;
    private static final int MIN_STATUS = 100;
    private static final int MAX_STATUS = 599;

    /** Bytes of an invalid name that are told. */
    private static final int MAX_NAME = 64;

    private boolean expecting;
    private boolean answersHead;
    private boolean contradictoryFraming;
    private boolean headDone;
    private boolean keepAlive;
    private long bytes;
    private final BiConsumer<Violation, String> violations;
    private final int maxHead;
    private final Beginning beginning = new Beginning();

    /**
     * @param maxHead bytes of a response's head
     * @param lenientLineEnds whether lines may end with LF alone
     * @param violations told what was put right, and a detail or an empty text, as it came from the backend
     */
    ResponseDecoder(int maxHead, boolean lenientLineEnds, BiConsumer<Violation, String> violations) {
        this(
                maxHead,
                lenientLineEnds,
                violations,
                new ResponseFields.Factory(violations, false),
                new ResponseFields.Factory(violations, true));
    }

    private ResponseDecoder(
            int maxHead,
            boolean lenientLineEnds,
            BiConsumer<Violation, String> violations,
            HttpHeadersFactory fields,
            HttpHeadersFactory trailers) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_STATUS_LINE)
                .setMaxHeaderSize(maxHead)
                .setMaxChunkSize(MAX_PIECE)
                .setHeadersFactory(fields)
                .setTrailersFactory(trailers)
                .setStrictLineParsing(!lenientLineEnds)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(true)); // identical ones: RFC 9110 section 8.6
        this.violations = violations;
        this.maxHead = maxHead;
    }

    /** A new request goes out. */
    void expect(boolean head) {
        expecting = true;
        answersHead = head;
        contradictoryFraming = false;
        headDone = false;
        keepAlive = false;
        bytes = 0;
        beginning.forget();
    }

    /** The response has come to its end: from now on, bytes that come are no response to anything. */
    void expectNothing() {
        expecting = false;
    }

    /** Bytes that came since {@link #expect}. */
    long bytes() {
        return bytes;
    }

    /** How that began which could not be understood: the response, or a chunk of its body. Empty if all was understood. */
    byte[] firstBytes() {
        return beginning.toArray();
    }

    /** Whether bytes came after the end of the response: they would become the next client's response. */
    boolean hasSurplus() {
        return actualReadableBytes() > 0;
    }

    /** Whether the response said two things of its length: the connection may be somewhere else than it seems. */
    boolean hasContradictoryFraming() {
        return contradictoryFraming;
    }

    /** Whether the response has a Keep-Alive field. */
    boolean hasKeepAlive() {
        return keepAlive;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (!expecting) { // parsed, they could become the beginning of the next client's response
            ReferenceCountUtil.release(message);
            violations.accept(Violation.UNSOLICITED_BYTES, "");
            context.close();
            return;
        }
        if (message instanceof ByteBuf buffer) {
            bytes += buffer.readableBytes();
        }
        super.channelRead(context, message);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        int begin = in.readerIndex();
        int before = out.size();
        boolean inHead = !headDone;
        super.decode(context, in, out);
        if (out.size() == before) {
            if (inHead) {
                incompleteHead(in, begin, out);
            }
        } else if (out.getLast() instanceof HttpObject part
                && part.decoderResult().isFailure()) {
            if (!inHead) {
                beginning.forget();
            }
            beginning.add(in, begin, bytes);
            if (part instanceof HttpResponse head) {
                explain(head, in, begin);
            }
        } else if (inHead) {
            beginning.forget();
        }
    }

    private void explain(HttpResponse head, ByteBuf in, int begin) {
        switch (head.decoderResult().cause()) {
            case TooLongHttpHeaderException _ ->
                head.setDecoderResult(
                        DecoderResult.failure(HeadSize.exceeded(maxHead, bytes, head.headers(), in, begin)));
            case TooLongHttpLineException _ -> // which no limit of the fields allows
                head.setDecoderResult(DecoderResult.failure(
                        new IllegalArgumentException("a status line of more than " + MAX_STATUS_LINE + " bytes")));
            case null, default -> {}
        }
    }

    /** Other protocols need not have lines: there is no use in waiting for the end of one. */
    private void incompleteHead(ByteBuf in, int begin, List<Object> out) {
        beginning.add(in, begin, bytes); // of what has been consumed, nothing will be left when the rest comes
        if (!beginning.mayBeHttp1()) {
            in.skipBytes(in.readableBytes());
            HttpMessage invalid = createInvalidMessage();
            invalid.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("not HTTP/1.x")));
            out.add(invalid);
        }
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        HttpMessage message = super.createMessage(initialLine);
        int status = ((HttpResponse) message).status().code();
        if (status < MIN_STATUS || status > MAX_STATUS) {
            throw new IllegalArgumentException("status " + initialLine[1]);
        }
        if (message.protocolVersion().majorVersion() != 1) {
            throw new IllegalArgumentException("version " + initialLine[0]);
        }
        return message;
    }

    /**
     * Netty skips whitespace behind a name, as RFC 9112 section 5.1 wants it of a proxy, and with it the rest of a name that
     * has whitespace inside.
     */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        int end = start + length;
        while (end < line.length && (line[end] == ' ' || line[end] == '\t')) {
            end++;
        }
        if (length == 0 || end == line.length || line[end] != ':') {
            return noName(line, start);
        }
        AsciiString name = super.splitHeaderName(line, start, length);
        if (length == KeepAliveField.NAME.length() && KeepAliveField.NAME.contentEqualsIgnoreCase(name)) {
            keepAlive = true;
        }
        return name;
    }

    private AsciiString noName(byte[] line, int start) {
        int colon = start;
        while (colon < line.length && line[colon] != ':') { // maybe one of an earlier line: then it is too much
            colon++;
        }
        String whole = new String(line, start, colon - start, StandardCharsets.ISO_8859_1);
        if (ResponseFields.mayDelimit(whole)) {
            throw new IllegalArgumentException("whitespace in the name of a field that delimits the response");
        }
        if (!headDone && IndispensableField.isMeant(whole)) {
            throw new IllegalArgumentException("whitespace in the name of the field '" + whole + "'");
        }
        violations.accept(Violation.INVALID_FIELD_NAME, whole.substring(0, Math.min(whole.length(), MAX_NAME)));
        return ResponseFields.NO_NAME;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        headDone = ((HttpResponse) message).status().codeClass() != HttpStatusClass.INFORMATIONAL;
        if (announcesForbiddenBody((HttpResponse) message)) {
            contradictoryFraming = true;
            violations.accept(Violation.FORBIDDEN_BODY, "");
        }
        return answersHead || super.isContentAlwaysEmpty(message);
    }

    /** RFC 9110 section 15.3.5: no 204 has a body; who announces one may well send it. */
    private static boolean announcesForbiddenBody(HttpResponse response) {
        return response.status().code() == 204
                && (response.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                        || HttpUtil.getContentLength(response, 0L) != 0);
    }

    /** RFC 9112 section 6.3: Transfer-Encoding overrides Content-Length. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        clearContentLength();
        message.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        contradictoryFraming = true;
        violations.accept(Violation.LENGTH_AND_CHUNKS, "");
    }
}
