package dev.weir.balancer.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's strict request parser, which also tells when a client's bytes arrive: a head's deadline starts with its first byte. */
final class RequestDecoder extends HttpRequestDecoder {
    /** Bodies are passed on in pieces of what one read brings; this is only an upper bound. */
    private static final int MAX_PIECE = 64 * 1024;

    private final ClientConnection connection;

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
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        connection.bytesArrive();
        super.channelRead(context, message);
    }
}
