package dev.weir.loadtest.keepalive;

import java.nio.charset.StandardCharsets;

/** One that may be repeated, and one that may not. */
enum Method {
    GET("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"),
    POST("POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\norder");

    private final String request;

    Method(String request) {
        this.request = request;
    }

    byte[] request() {
        return request.getBytes(StandardCharsets.US_ASCII);
    }
}
