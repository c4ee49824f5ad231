package dev.weir.loadtest.catalogue;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the balancer has to make of a case, as the catalogue says.
 *
 * @param kind what the client gets if nobody else can answer
 * @param status under {@code status-codes: gateway}
 * @param type of RFC 9209; null: it is no failure
 * @param retry what may be tried again elsewhere
 * @param refusal why the last attempt was not followed by another one, as in {@code /api/incidents}
 * @param ejects whether the culprit is taken out after failures in a row
 * @param blamed whose fault it is
 * @param says what the operator's line must contain; null: there is none
 */
record Expected(
        Kind kind,
        int status,
        @Nullable String type,
        Retry retry,
        String refusal,
        boolean ejects,
        Side blamed,
        @Nullable Pattern says) {

    /** What the client gets. */
    enum Kind {
        /** The backend's answer. */
        ANSWER,
        /** A whole answer of the balancer. */
        FAILURE,
        /** The beginning of an answer, visibly cut. */
        CUT
    }

    /** Which requests can be saved by another backend. */
    enum Retry {
        /** All. */
        R0,
        /** All or only idempotent ones: it depends on who is faster. */
        R0_OR_R1,
        /** Idempotent ones: the backend may have worked on it. */
        R1,
        /** Idempotent ones: a part of the answer was there. */
        R2,
        /** None. */
        NEVER;

        /** As the balancer calls them, section 0 of the catalogue. */
        Set<String> classes() {
            return switch (this) {
                case R0, R1, R2 -> Set.of(name());
                case R0_OR_R1 -> Set.of("R0", "R1", "R2");
                case NEVER -> Set.of("R0", "R1", "R2", "R3");
            };
        }
    }

    /** Who has to act. */
    enum Side {
        BACKEND,
        NETWORK,
        BALANCER,
        CLIENT,
        NOBODY
    }

    /** RFC 9209 section 2.3: the recommended status of each type that is not 502. */
    private static final Map<String, Integer> RECOMMENDED = Map.of(
            "dns_timeout", 504,
            "destination_not_found", 500,
            "destination_unavailable", 503,
            "connection_timeout", 504,
            "connection_read_timeout", 504,
            "connection_write_timeout", 504,
            "connection_limit_reached", 503,
            "http_response_timeout", 504,
            "proxy_internal_error", 500,
            "proxy_configuration_error", 500);

    private static final int BAD_GATEWAY = 502;
    private static final String NO_ATTEMPTS_LEFT = "no_attempts_left";
    private static final String NOT_IDEMPOTENT = "not_idempotent";
    private static final String RESPONSE_BEGUN = "response_begun";

    /** 502, or what RFC 9209 recommends; the backend is to blame, and ejected. */
    static Expected fails(String type, Retry retry) {
        String refusal = retry == Retry.NEVER ? NOT_IDEMPOTENT : NO_ATTEMPTS_LEFT;
        return new Expected(Kind.FAILURE, BAD_GATEWAY, type, retry, refusal, true, Side.BACKEND, null);
    }

    /** The balancer's own limit or fault: the same status under both settings, and nobody is ejected. */
    static Expected failsHere(int status, String type, Retry retry) {
        String refusal = retry == Retry.NEVER ? NOT_IDEMPOTENT : NO_ATTEMPTS_LEFT;
        return new Expected(Kind.FAILURE, status, type, retry, refusal, false, Side.BALANCER, null);
    }

    /** The backend's answer gets through: nothing has failed. */
    static Expected answers(int status) {
        return new Expected(Kind.ANSWER, status, null, Retry.NEVER, "", false, Side.NOBODY, null);
    }

    /** 200 had been sent when it failed. */
    static Expected cuts(String type) {
        return new Expected(Kind.CUT, 200, type, Retry.NEVER, RESPONSE_BEGUN, true, Side.BACKEND, null);
    }

    Expected sparing() {
        return new Expected(kind, status, type, retry, refusal, false, blamed, says);
    }

    Expected blaming(Side side) {
        return new Expected(kind, status, type, retry, refusal, ejects, side, says);
    }

    /** @param regex to be found in the operator's line, upper or lower case */
    Expected saying(String regex) {
        Pattern pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
        return new Expected(kind, status, type, retry, refusal, ejects, blamed, pattern);
    }

    Expected refusedFor(String reason) {
        return new Expected(kind, status, type, retry, reason, ejects, blamed, says);
    }

    int status(boolean rfc9209) {
        boolean own = blamed == Side.BALANCER && status != BAD_GATEWAY;
        if (!rfc9209 || own || type == null || kind != Kind.FAILURE) {
            return status;
        }
        return RECOMMENDED.getOrDefault(type, BAD_GATEWAY);
    }

    /** Attempts of a GET for which there is one backend only. */
    int attemptsAlone() {
        return retry == Retry.NEVER ? 1 : 3;
    }
}
