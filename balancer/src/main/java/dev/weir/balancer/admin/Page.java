package dev.weir.balancer.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * A whole response.
 *
 * @param type media type
 * @param closes whether the connection cannot go on, since the rest of the request is not read
 */
record Page(int status, String type, Buffer body, boolean closes) {
    static Page of(int status, String type, String body) {
        return new Page(status, type, Buffer.buffer(body), false);
    }

    /** @param line without a line end */
    static Page text(int status, String line) {
        return of(status, "text/plain; charset=utf-8", line + "\n");
    }

    static Page json(JsonObject body) {
        return of(200, "application/json", body.encodePrettily() + "\n");
    }

    Page closing() {
        return new Page(status, type, body, true);
    }
}
