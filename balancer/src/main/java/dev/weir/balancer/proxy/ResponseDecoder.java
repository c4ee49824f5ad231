package dev.weir.balancer.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/**
 * Netty's response parser, which also knows what it takes to reuse a connection safely: which request is answered, how many
 * bytes have come, and whether any are left over.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    private static final int MAX_STATUS_LINE = 8 * 1024;
    private static final int MAX_PIECE = 64 * 1024;

    private boolean answersHead;
    private boolean contradictoryFraming;
    private long bytes;

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
        answersHead = head;
        contradictoryFraming = false;
        bytes = 0;
    }

    /** Bytes that came since {@link #expect}. */
    long bytes() {
        return bytes;
    }

    /** Whether bytes came after the end of the response: they would become the next client's response. */
    boolean hasSurplus() {
        return actualReadableBytes() > 0;
    }

    /** Whether the response had a length and was chunked as well: believed as chunked, but not reused. */
    boolean hasContradictoryFraming() {
        return contradictoryFraming;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf buffer) {
            bytes += buffer.readableBytes();
        }
        super.channelRead(context, message);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return answersHead || super.isContentAlwaysEmpty(message);
    }

    /** RFC 9112 section 6.3: Transfer-Encoding overrides Content-Length. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        clearContentLength();
        message.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        contradictoryFraming = true;
    }
}
