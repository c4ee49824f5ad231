package dev.weir.balancer.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request to a backend, and to another one if that fails: its head as backends get it, and its body as far as
 * it can be sent again. Confined to an event loop.
 */
final class RequestRelay {
    private static final AsciiString PREVIOUS_ATTEMPTS = AsciiString.cached("Weir-Previous-Attempts");

    private final ClientConnection client;
    private final HttpRequest request;
    private final @Nullable RequestBody body;
    private final boolean expectsContinue;
    private boolean continued;
    private boolean streaming;

    /** @param keep bytes of the body that are kept for another attempt */
    RequestRelay(ClientConnection client, HttpRequest request, int keep) {
        this.client = client;
        this.request = request;
        this.body = RequestHead.hasBody(request) ? new RequestBody(affordable(client, keep)) : null;
        this.expectsContinue = body != null
                && RequestHead.isHttp11(request)
                && request.headers().contains(HttpHeaderNames.EXPECT);
    }

    /** Another attempt is a comfort that a node without memory to spare cannot afford. */
    private static int affordable(ClientConnection client, int keep) {
        return client.loop().settings().node().memory().isTight() ? 0 : keep;
    }

    /** Bytes of the body that are kept here. */
    long keptBytes() {
        return body == null ? 0 : body.keptBytes();
    }

    HttpMethod method() {
        return request.method();
    }

    String target() {
        return request.uri();
    }

    HttpHeaders headers() {
        return request.headers();
    }

    /** Whether the body is known to have no more bytes than this. */
    boolean isNoLongerThan(int bytes) {
        return body == null || HttpUtil.getContentLength(request, Long.MAX_VALUE) <= bytes;
    }

    /**
     * It is sent once more: tells the next backend, as gRPC's {@code grpc-previous-rpc-attempts} does, so that it may shed first
     * what has already cost others, and people see in its log why it comes twice.
     *
     * @param attempts that were made before; at least 1
     */
    void again(int attempts) {
        request.headers().set(PREVIOUS_ATTEMPTS, attempts);
    }

    /** Makes the client's head one that may be forwarded. */
    void prepare(@Nullable String host) {
        HttpHeaders headers = request.headers();
        HopByHop.stripRequest(headers);
        client.forwarded().write(headers, request.protocolVersion(), host);
        if (!expectsContinue) {
            headers.remove(HttpHeaderNames.EXPECT);
        }
    }

    /**
     * Sends all that there is by now. Nothing is flushed.
     *
     * @param host null: as the client sent it
     * @return whether that was the whole request; if not, its body is {@linkplain #stream streamed} from now on
     */
    boolean sendTo(UpstreamConnection connection, @Nullable String host) {
        HttpHeaders headers = request.headers();
        if (host != null) {
            headers.set(HttpHeaderNames.HOST, host);
        }
        RequestBody sent = body;
        if (sent == null) {
            connection.write(
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1,
                            request.method(),
                            request.uri(),
                            Unpooled.EMPTY_BUFFER,
                            headers,
                            EmptyHttpHeaders.INSTANCE),
                    1);
            return true;
        }
        if (continued) {
            headers.remove(HttpHeaderNames.EXPECT);
        }
        connection.write(new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.uri(), headers), 1);
        sent.sendTo(connection);
        streaming = !client.isRequestComplete();
        return !streaming;
    }

    /** Whether the rest of the body goes to a connection as it comes. */
    boolean isStreaming() {
        return streaming;
    }

    /** What comes from now on is kept for another attempt, or nobody wants it. */
    void stopStreaming() {
        streaming = false;
    }

    /** The connection takes nothing any more; what the client has not sent may wait. */
    void sendNoMore() {
        if (streaming) {
            streaming = false;
            client.pauseReading();
        }
    }

    /** All of it was sent. */
    void sent() {
        streaming = false;
        if (body != null) {
            client.resumeReading();
        }
    }

    /** A part has come that no connection can take yet; takes over its reference. */
    void hold(HttpContent part) {
        RequestBody held = body;
        if (held == null) {
            part.release();
            return;
        }
        held.hold(part);
        if (held.isFull()) {
            client.pauseReading();
        }
    }

    /** A part has come; takes over its reference. */
    void stream(HttpContent part, UpstreamConnection connection) {
        if (body != null) {
            body.sending(part);
        }
        connection.write(part, part.content().readableBytes());
    }

    /** The connection takes more, or no more for now. */
    void pace(UpstreamConnection connection) {
        if (connection.isWritable()) {
            client.resumeReading();
        } else {
            client.pauseReading();
        }
    }

    /** Whether all that has come so far can be sent again. */
    boolean isReplayable() {
        return body == null || body.isReplayable();
    }

    /** No further attempt will be made. */
    void giveUp() {
        if (body != null) {
            body.giveUp();
        }
    }

    // ---- Expect: 100-continue

    /** Whether the client waits for a word before it sends the body. */
    boolean awaitsContinue() {
        return expectsContinue && !continued;
    }

    /** The client was told to go on. */
    void continued() {
        continued = true;
    }

    /** Whether nobody knows if the body, which the client was not told to send, will come all the same. */
    boolean mayLackBody() {
        return awaitsContinue() && !client.isRequestComplete();
    }
}
