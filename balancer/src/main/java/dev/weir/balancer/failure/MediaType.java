package dev.weir.balancer.failure;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms of an error's body. Among those that a client names with equal weight the last one is preferred. */
enum MediaType {
    TEXT("text", "plain", "; charset=utf-8"),
    JSON("application", "json", ""),
    PROBLEM("application", "problem+json", ""),
    HTML("text", "html", "; charset=utf-8");

    // How closely a media range matches; 0: not at all.
    private static final int EXACT = 3;
    private static final int SUBTYPES = 2;
    private static final int ANY = 1;

    private final String type;
    private final String subtype;
    private final String contentType;

    MediaType(String type, String subtype, String parameters) {
        this.type = type;
        this.subtype = subtype;
        this.contentType = type + "/" + subtype + parameters;
    }

    String contentType() {
        return contentType;
    }

    /**
     * Proactive negotiation by RFC 9110 section 12.5.1. For each form the most specific range that matches tells its weight;
     * among equal weights a form that is named beats one that a wildcard covers, so that "*&#47;*" gets text, an API client's
     * "application/json, *&#47;*" JSON, and a browser HTML. JSON goes out as problem+json unless that is not acceptable.
     *
     * @param accept null: anything
     * @return text if nothing is acceptable, since an unwanted explanation is better than none
     */
    static MediaType negotiate(@Nullable CharSequence accept) {
        if (accept == null) {
            return TEXT;
        }
        String[] ranges = accept.toString().toLowerCase(Locale.ROOT).split(",");
        MediaType best = TEXT;
        Match bestMatch = best.match(ranges);
        for (MediaType candidate : values()) {
            Match match = candidate.match(ranges);
            if (match.beats(bestMatch)) {
                best = candidate;
                bestMatch = match;
            }
        }
        return best == JSON && PROBLEM.match(ranges).weight > 0 ? PROBLEM : best;
    }

    private record Match(int specificity, double weight) {
        boolean beats(Match other) {
            if (weight == other.weight) {
                return weight > 0 && (specificity == EXACT || specificity > other.specificity);
            }
            return weight > other.weight;
        }
    }

    private Match match(String[] ranges) {
        Match best = new Match(0, 0);
        for (String range : ranges) {
            String[] parts = range.split(";");
            int specificity = parts.length == 0 ? 0 : specificity(parts[0].trim());
            if (specificity > best.specificity) {
                best = new Match(specificity, weight(parts));
            }
        }
        return best;
    }

    private int specificity(String range) {
        if (range.equals(type + "/" + subtype)) {
            return EXACT;
        }
        if (range.equals(type + "/*")) {
            return SUBTYPES;
        }
        return range.equals("*/*") ? ANY : 0;
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].trim();
            if (parameter.startsWith("q=")) {
                return qvalue(parameter.substring(2).trim());
            }
        }
        return 1;
    }

    /** Up to three decimals, 0 to 1; a malformed weight counts as none given. */
    private static double qvalue(String text) {
        return text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(text) : 1;
    }
}
