package dev.weir.balancer.proxy;

import dev.weir.balancer.incident.WantsTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of one response to the client.
 *
 * <p>A short response is held back until it is whole, because until then a backend that dies can still be replaced by another
 * one; one in chunks until the first of them have come, with all that came in the same read: they show whether its framing
 * is sound. Confined to an event loop.
 */
final class ResponseRelay {
    /** Bytes of a body that counts as short; most that is held back. */
    static final int SHORT = 64 * 1024;

    /** How long a response is held back if the backend dawdles. */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ClientConnection client;
    private final boolean answersHead;
    private final boolean http11;
    private final boolean clientKeepsAlive;
    private @Nullable HttpResponse held;
    private @Nullable ArrayDeque<HttpContent> heldParts;
    private int heldBytes;
    private boolean isShort;
    private boolean isChunked;
    private boolean begun;
    private boolean keepAlive;
    private boolean mustEnd;
    private boolean closeDelimited;
    private boolean unflushed;
    private int status;
    private long bytes;

    /**
     * @param answersHead whether the method is HEAD
     * @param http11 whether the client speaks HTTP/1.1 rather than 1.0
     */
    ResponseRelay(ClientConnection client, boolean answersHead, boolean http11, boolean clientKeepsAlive) {
        this.client = client;
        this.answersHead = answersHead;
        this.http11 = http11;
        this.clientKeepsAlive = clientKeepsAlive;
        this.keepAlive = clientKeepsAlive;
    }

    /** Whether anything of the final response went to the client: from then on, no other attempt can help. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether a response has come that the client has seen nothing of. */
    boolean isHolding() {
        return held != null;
    }

    /** Whether what was held so far is to be held still, for a moment, after all that has come by now was taken. */
    boolean isHoldingBack() {
        return held != null && (isShort || (isChunked && heldParts == null));
    }

    /** Whether the connection may carry another request after this response. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** Whatever the client wants, its connection ends with this response. */
    void endConnection() {
        mustEnd = true;
    }

    /** Of the response that was sent; 0: none. */
    int status() {
        return status;
    }

    /** Bytes of the body that were sent. */
    long bytes() {
        return bytes;
    }

    /** An interim response goes out at once. */
    void interim(HttpResponseStatus interim, HttpHeaders headers) {
        HopByHop.stripResponse(headers);
        client.answersHead(false);
        client.write(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                interim,
                Unpooled.EMPTY_BUFFER,
                headers,
                LastHttpContent.EMPTY_LAST_CONTENT.trailingHeaders()));
        client.flush();
    }

    /** A backend's response begins. */
    void hold(HttpResponse response) {
        held = response;
        String length = response.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        isChunked = HttpUtil.isTransferEncodingChunked(response);
        isShort = length == null
                ? !isChunked && response.status().code() == HttpResponseStatus.BAD_REQUEST.code() // it may say why
                : length.length() <= 5 && Integer.parseInt(length) <= SHORT;
        heldBytes = 0;
    }

    /** The beginning of the body, as far as the client has seen nothing of it. */
    String heldText(LastHttpContent last) {
        StringBuilder text = new StringBuilder();
        if (held != null) {
            if (heldParts != null) {
                heldParts.forEach(part -> append(text, part));
            }
            append(text, last);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, HttpContent part) {
        ByteBuf bytes = part.content();
        int more = Math.min(WantsTls.MAX_BYTES - text.length(), bytes.readableBytes());
        text.append(bytes.toString(bytes.readerIndex(), more, StandardCharsets.ISO_8859_1));
    }

    /** A part of the body; takes over its reference. */
    void content(HttpContent part) {
        heldBytes += held == null ? 0 : part.content().readableBytes();
        if (held != null && (isShort || isChunked) && heldBytes <= SHORT) {
            if (heldParts == null) {
                heldParts = new ArrayDeque<>(4);
            }
            heldParts.add(part);
        } else {
            begin();
            write(part);
        }
    }

    /** The end of the body; takes over its reference. It is not flushed. */
    void end(LastHttpContent last) {
        HttpResponse head = held;
        if (head != null && heldParts == null) {
            held = null;
            prepare(head);
            bytes += last.content().readableBytes();
            send(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, head.status(), last.content(), head.headers(), last.trailingHeaders()));
        } else {
            begin();
            write(last);
        }
        if (closeDelimited) {
            client.closeWithReset(false);
        }
    }

    /** A response that the balancer makes. It is not flushed. */
    void whole(FullHttpResponse made, boolean mayKeepAlive) {
        keepAlive &= mayKeepAlive;
        bytes += answersHead ? 0 : made.content().readableBytes();
        setConnection(made.headers());
        status = made.status().code();
        send(made);
    }

    /** Sends what is held back. */
    void begin() {
        HttpResponse head = held;
        if (head == null) {
            return;
        }
        held = null;
        prepare(head);
        send(new DefaultHttpResponse(HttpVersion.HTTP_1_1, head.status(), head.headers()));
        ArrayDeque<HttpContent> parts = heldParts;
        heldParts = null;
        if (parts != null) {
            parts.forEach(this::write);
        }
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            client.flush();
        }
    }

    /** Forgets what is held back. */
    void drop() {
        held = null;
        ArrayDeque<HttpContent> parts = heldParts;
        heldParts = null;
        if (parts != null) {
            parts.forEach(HttpContent::release);
        }
    }

    private void send(HttpResponse message) {
        begun = true;
        unflushed = true;
        client.answersHead(answersHead);
        client.write(message);
    }

    private void write(HttpContent part) {
        bytes += part.content().readableBytes();
        unflushed = true;
        client.write(part);
    }

    private void prepare(HttpResponse head) {
        HttpHeaders headers = head.headers();
        status = head.status().code();
        boolean chunked = HttpUtil.isTransferEncodingChunked(head);
        HopByHop.stripResponse(headers);
        if (!mayHaveBody()) {
            closeDelimited = false;
        } else if (chunked && !http11) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            closeDelimited = true;
        } else if (!chunked && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            if (http11) {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            } else {
                closeDelimited = true;
            }
        }
        if (closeDelimited) {
            client.closeWithReset(true); // nothing else tells its end from any other close, be it that of the process
        }
        keepAlive = clientKeepsAlive && !mustEnd && !closeDelimited && !client.mustClose();
        setConnection(headers);
        headers.add(HttpHeaderNames.VIA, Via.ofResponse(head.protocolVersion()));
        if (!headers.contains(HttpHeaderNames.DATE)) { // RFC 9110 section 6.6.1
            headers.set(HttpHeaderNames.DATE, client.loop().date());
        }
    }

    private boolean mayHaveBody() {
        return !answersHead && status != 204 && status != 304;
    }

    private void setConnection(HttpHeaders headers) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!http11) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }
}
