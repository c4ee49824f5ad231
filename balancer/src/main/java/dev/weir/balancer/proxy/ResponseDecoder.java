package dev.weir.balancer.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Netty's response parser, which also knows what it takes to reuse a connection safely: which request is answered, how many
 * bytes have come, and whether any are left over.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    private static final int MAX_STATUS_LINE = 8 * 1024;
    private static final int MAX_PIECE = 64 * 1024;

    private boolean expecting;
    private boolean answersHead;
    private boolean contradictoryFraming;
    private boolean headDone;
    private boolean keepAlive;
    private long bytes;
    private final Beginning beginning = new Beginning();

    ResponseDecoder(int maxHead) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_STATUS_LINE)
                .setMaxHeaderSize(maxHead)
                .setMaxChunkSize(MAX_PIECE)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(true)); // identical ones: RFC 9110 section 8.6
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
            if (inHead) { // of what has been consumed, nothing will be left when the rest comes
                beginning.add(in, begin, bytes);
            }
        } else if (out.getLast() instanceof HttpObject part
                && part.decoderResult().isFailure()) {
            if (!inHead) {
                beginning.forget();
            }
            beginning.add(in, begin, bytes);
        } else if (inHead) {
            beginning.forget();
        }
    }

    /** Netty skips whitespace behind a name, and with it the rest of a name that has whitespace inside. */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        int end = start + length;
        while (end < line.length && (line[end] == ' ' || line[end] == '\t')) {
            end++;
        }
        if (end == line.length || line[end] != ':') {
            throw new IllegalArgumentException("whitespace in the name of a field");
        }
        AsciiString name = super.splitHeaderName(line, start, length);
        if (length == KeepAliveField.NAME.length() && KeepAliveField.NAME.contentEqualsIgnoreCase(name)) {
            keepAlive = true;
        }
        return name;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        headDone = ((HttpResponse) message).status().codeClass() != HttpStatusClass.INFORMATIONAL;
        if (announcesForbiddenBody((HttpResponse) message)) {
            contradictoryFraming = true;
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
    }
}
