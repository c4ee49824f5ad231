package dev.weir.balancer.incident;

import dev.weir.balancer.failure.ProxyError;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One failed attempt, with all around it that the operator's line may want to tell. */
record Evidence(Dossier dossier, AttemptRecord attempt, PoolFacts pool, int alike) {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** How a socket address prints: {@code name/10.0.0.1:80}, {@code /[0:0:0:0:0:0:0:1]:80}. */
    private static final Pattern ADDRESS = Pattern.compile("/(\\[?[0-9a-fA-F:.%]+\\]?:\\d{1,5})$");

    /** The backend, with the address that was tried if its name has several. */
    String backend() {
        String tried = triedAddress();
        return tried == null || tried.equals(attempt.backend())
                ? attempt.backend()
                : attempt.backend() + " (" + tried + ")";
    }

    private @Nullable String triedAddress() {
        String detail = detail();
        Matcher address = ADDRESS.matcher(detail == null ? "" : detail);
        return address.find() ? address.group(1) : null;
    }

    /** Backends that do not answer attempts to connect: to the request's own ones, or, by now, to anybody's. */
    int silent() {
        Set<String> silent = new HashSet<>();
        for (AttemptRecord each : dossier.attempts()) {
            AttemptFailure why = each.failure();
            if (why != null && why.error() == ProxyError.CONNECTION_TIMEOUT) {
                silent.add(each.backend());
            }
        }
        for (PoolFacts.Member member : pool.members()) {
            if (member.condition().silent()) {
                silent.add(member.backend());
            }
        }
        return silent.size();
    }

    AttemptFailure failure() {
        return Objects.requireNonNull(attempt.failure());
    }

    @Nullable
    String detail() {
        return failure().detail();
    }

    /** In brackets and with a space before, or nothing. */
    String detailInBrackets() {
        String detail = detail();
        return detail == null || detail.isBlank() ? "" : " (" + detail + ")";
    }

    /** What the balancer itself says of a connect: which addresses were tried, and how old they are. Else nothing. */
    String resolution() {
        return failure().exception() == null && failure().errno() == 0 ? detailInBrackets() : "";
    }

    FirstBytes firstBytes() {
        return failure().firstBytes();
    }

    /** Since the last thing that the backend is known to have done or got. */
    String waited() {
        return Amount.time(attempt.timings().waited());
    }

    String duration() {
        return Amount.time(attempt.timings().duration());
    }

    /** When the request ended, as in the backend's own log. */
    String moment() {
        return MOMENT.format(Instant.ofEpochMilli(dossier.epochMillis())) + " UTC";
    }

    /** Where to look. */
    String log() {
        return "the log of " + attempt.backend() + " at " + moment();
    }

    String request() {
        return dossier.request().method() + " " + dossier.request().path();
    }

    BackendCondition condition() {
        return attempt.condition();
    }

    String host() {
        return attempt.backend().substring(0, attempt.backend().lastIndexOf(':'));
    }

    String port() {
        return attempt.backend().substring(attempt.backend().lastIndexOf(':') + 1);
    }

    /** How long it is known. */
    String age() {
        return Amount.time(condition().ageNanos());
    }
}
