package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
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
        if (response.status().code()
                == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) { // unasked: requests carry no Upgrade
            return failure(ProxyError.HTTP_UPGRADE_FAILED, phase, "the backend answered with status 101");
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
