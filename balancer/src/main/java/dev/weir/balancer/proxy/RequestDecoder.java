package dev.weir.balancer.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;

/** Netty's strict request parser, which also tells when a client's bytes arrive: a head's deadline starts with its first byte. */
final class RequestDecoder extends HttpRequestDecoder {
    /** Bodies are passed on in pieces of what one read brings; this is only an upper bound. */
    private static final int MAX_PIECE = 64 * 1024;

    private static final AsciiString CONTENT_LENGTH = HttpHeaderNames.CONTENT_LENGTH;

    /** Of a draft that preceded RFC 6455; Netty takes the 8 bytes behind such a request for its body. */
    private static final AsciiString OLD_WEBSOCKET_KEY = HttpHeaderNames.SEC_WEBSOCKET_KEY1;

    /** In the log's place of a method, for a request that never had one. */
    static final HttpMethod NO_METHOD = HttpMethod.valueOf("-");

    /** In the log's place of a target, for a request that never had one. */
    static final String NO_TARGET = "-";

    private final ClientConnection connection;
    private boolean hasLength;

    RequestDecoder(ClientConnection connection, int maxRequestLine, int maxHead) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(maxRequestLine)
                .setMaxHeaderSize(maxHead)
                .setMaxChunkSize(MAX_PIECE)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false));
        this.connection = connection;
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) throws Exception {
        hasLength = false;
        if (!initialLine[2].startsWith("HTTP/")) { // Netty does not mind the case
            throw new IllegalArgumentException("not HTTP");
        }
        return super.createMessage(initialLine);
    }

    /** For a request line that could not be understood. */
    @Override
    protected HttpMessage createInvalidMessage() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_0, NO_METHOD, NO_TARGET);
    }

    /** Refuses what Netty would tolerate. */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        AsciiString name = super.splitHeaderName(line, start, length);
        if (length == CONTENT_LENGTH.length() && CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
            if (hasLength) { // of HTTP/1.0, Netty would take the first
                throw new IllegalArgumentException("more than one Content-Length");
            }
            hasLength = true;
        } else if (length == OLD_WEBSOCKET_KEY.length() && OLD_WEBSOCKET_KEY.contentEqualsIgnoreCase(name)) {
            throw new IllegalArgumentException("a WebSocket handshake with a body that nothing announces");
        }
        AsciiString meant = Underscores.meant(line, start, length);
        return meant == null ? name : disguised(meant);
    }

    /** What says who asked is treated as such; what could delimit the message for somebody else is refused. */
    private static AsciiString disguised(AsciiString meant) {
        if (CONTENT_LENGTH.equals(meant) || HttpHeaderNames.TRANSFER_ENCODING.equals(meant)) {
            throw new IllegalArgumentException(meant + " with an underscore");
        }
        return meant;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        connection.bytesArrive();
        super.channelRead(context, message);
    }
}
