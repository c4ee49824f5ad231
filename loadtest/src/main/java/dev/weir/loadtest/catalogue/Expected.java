package dev.weir.loadtest.catalogue;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the balancer has to make of a case, as the catalogue says.
 *
 * @param kind what the client gets if nobody else can answer
 * @param status under {@code status-codes: gateway}
 * @param type of RFC 9209; null: it is no failure
 * @param wanted the answer, or of one that is cut, its head and what comes of the body; null: the balancer's own one
 * @param retry what an attempt that fails may have done already
 * @param refusal why the last attempt was not followed by another one, as in {@code /api/incidents}
 * @param ejects whether the culprit is taken out after failures in a row
 * @param blamed whose fault it is
 * @param says what the operator's line must contain; null: there is none
 * @param violations of HTTP that are put right, as {@code weir_backend_violations_total} has them
 */
record Expected(
        Kind kind,
        int status,
        @Nullable String type,
        @Nullable Wanted wanted,
        Retry retry,
        String refusal,
        boolean ejects,
        Side blamed,
        @Nullable Pattern says,
        Set<String> violations) {

    /** What the client gets. */
    enum Kind {
        /** The backend's answer. */
        ANSWER,
        /** A whole answer of the balancer. */
        FAILURE,
        /** The beginning of an answer, visibly cut. */
        CUT
    }

    /** As the balancer calls them, section 0 of the catalogue; and two that are for races. */
    enum Retry {
        /** Not processed: any request goes on to another backend. */
        R0,
        /** Sent: only an idempotent one does. */
        R1,
        /** A part of an answer was there: likewise. */
        R2,
        /** A part of it went to the client: none does. */
        R3,
        /** The backend hangs up at once, and the request may have gone out before or not: what the dossier says, holds. */
        R0_OR_R1,
        /** The backend speaks at once, before the request has gone out or after: likewise. */
        R0_OR_R2;

        Set<String> classes() {
            return switch (this) {
                case R0, R1, R2, R3 -> Set.of(name());
                case R0_OR_R1 -> Set.of("R0", "R1");
                case R0_OR_R2 -> Set.of("R0", "R2");
            };
        }

        /** Whether it can be told beforehand. */
        boolean isRace() {
            return classes().size() > 1;
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
    private static final int UNAVAILABLE = 503;
    private static final String NO_ATTEMPTS_LEFT = "no_attempts_left";
    private static final String NOT_IDEMPOTENT = "not_idempotent";
    private static final String RESPONSE_BEGUN = "response_begun";

    /** 502, or what RFC 9209 recommends; the backend is to blame, and ejected. */
    static Expected fails(String type, Retry retry) {
        return failure(BAD_GATEWAY, type, retry, true, Side.BACKEND);
    }

    /** The balancer's own limit or fault: the same status under both settings, and nobody is ejected. */
    static Expected failsHere(int status, String type, Retry retry) {
        return failure(status, type, retry, false, Side.BALANCER);
    }

    private static Expected failure(int status, String type, Retry retry, boolean ejects, Side blamed) {
        return new Expected(Kind.FAILURE, status, type, null, retry, NO_ATTEMPTS_LEFT, ejects, blamed, null, Set.of());
    }

    /** The backend's answer gets through: nothing has failed. */
    static Expected answers(Wanted wanted) {
        return new Expected(
                Kind.ANSWER, wanted.status(), null, wanted, Retry.R3, "", false, Side.NOBODY, null, Set.of());
    }

    /** The head and this part of the body had been sent when it failed. */
    static Expected cuts(String type, Wanted part) {
        return new Expected(
                Kind.CUT, part.status(), type, part, Retry.R3, RESPONSE_BEGUN, true, Side.BACKEND, null, Set.of());
    }

    Expected sparing() {
        return new Expected(kind, status, type, wanted, retry, refusal, false, blamed, says, violations);
    }

    Expected blaming(Side side) {
        return new Expected(kind, status, type, wanted, retry, refusal, ejects, side, says, violations);
    }

    /** @param regex to be found in the operator's line: what only the right diagnosis has, of its finding and of its remedy */
    Expected saying(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return new Expected(kind, status, type, wanted, retry, refusal, ejects, blamed, pattern, violations);
    }

    Expected refusedFor(String reason) {
        return new Expected(kind, status, type, wanted, retry, reason, ejects, blamed, says, violations);
    }

    /** @param names of violations that are counted, and of no other */
    Expected tolerating(String... names) {
        return new Expected(kind, status, type, wanted, retry, refusal, ejects, blamed, says, Set.of(names));
    }

    /** Whether another backend can answer in place of the culprit, if the request is idempotent. */
    boolean canBeSaved() {
        return kind == Kind.FAILURE && refusal.equals(NO_ATTEMPTS_LEFT);
    }

    /** What holds a request back that is not idempotent. */
    String refusalOfOther() {
        return kind == Kind.FAILURE ? NOT_IDEMPOTENT : refusal;
    }

    /** Of one that is cut: how its beginning is delivered. */
    Wanted requiredAnswer() {
        return Objects.requireNonNull(wanted, "the balancer answers by itself");
    }

    int status(boolean rfc9209) {
        boolean own = blamed == Side.BALANCER && status != BAD_GATEWAY;
        if (!rfc9209 || own || type == null || kind != Kind.FAILURE) {
            return status;
        }
        return RECOMMENDED.getOrDefault(type, BAD_GATEWAY);
    }

    /** The balancer itself is short of something, and the client shall come back. */
    boolean isPassing() {
        return blamed == Side.BALANCER && status == UNAVAILABLE;
    }

    /** Attempts of a GET for which there is one backend only. */
    int attemptsAlone() {
        return canBeSaved() ? 3 : 1;
    }
}
