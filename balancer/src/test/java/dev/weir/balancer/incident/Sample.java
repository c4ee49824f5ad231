package dev.weir.balancer.incident;

import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
import java.util.List;
import java.util.Map;

/** Dossiers to test with. */
final class Sample {
    private Sample() {}

    static AttemptRecord refused(String backend) {
        return new AttemptRecord(
                backend,
                Map.of(),
                Phase.CONNECT,
                new Timings(0, Timings.NEVER, Timings.NEVER, Timings.NEVER, 400_000),
                0,
                0,
                false,
                0,
                null,
                new AttemptFailure(
                        ProxyError.CONNECTION_REFUSED,
                        "AnnotatedConnectException",
                        111,
                        "refused",
                        FirstBytes.NONE,
                        RetryClass.R0),
                RetryDecision.NO_BACKEND_LEFT,
                BackendCondition.UNKNOWN);
    }

    static Dossier dossier(String id, Dossier.Result result, ProxyError error, AttemptRecord... attempts) {
        return new Dossier(
                id,
                1_000,
                "shop",
                "/",
                RequestFacts.of("GET", "shop.example", "/cart?token=secret", 100, 0),
                result,
                502,
                error,
                null,
                1_000_000,
                0,
                0,
                List.of(attempts));
    }
}
