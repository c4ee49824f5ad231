package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** The rules for a response's head that the parser leaves to its user. */
final class ResponseHead {
    private ResponseHead() {}

    /**
     * Checks the head of a final response.
     *
     * @param phase of the attempt
     * @return null: it may be passed on
     */
    static @Nullable Failure check(HttpResponse response, Phase phase) {
        if (response.protocolVersion().majorVersion() != 1) {
            return failure(
                    ProxyError.HTTP_PROTOCOL_ERROR, phase, "the backend answered in " + response.protocolVersion());
        }
        int status = response.status().code();
        if (status < 200 || status > 599) {
            ProxyError error = status == 101 ? ProxyError.HTTP_UPGRADE_FAILED : ProxyError.HTTP_PROTOCOL_ERROR;
            return failure(error, phase, "the backend answered with status " + status);
        }
        String coding = response.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
            return failure(ProxyError.HTTP_RESPONSE_TRANSFER_CODING, phase, "Transfer-Encoding: " + coding);
        }
        return null;
    }

    private static Failure failure(ProxyError error, Phase phase, String detail) {
        return new Failure(error, phase, null, detail);
    }
}
