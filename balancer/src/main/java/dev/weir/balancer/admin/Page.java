package dev.weir.balancer.admin;

import io.vertx.core.buffer.Buffer;

/**
 * A whole response.
 *
 * @param type media type
 */
record Page(int status, String type, Buffer body) {
    static Page of(int status, String type, String body) {
        return new Page(status, type, Buffer.buffer(body));
    }

    /** @param line without a line end */
    static Page text(int status, String line) {
        return of(status, "text/plain; charset=utf-8", line + "\n");
    }
}
