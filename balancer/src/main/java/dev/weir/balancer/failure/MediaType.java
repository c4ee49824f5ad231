package dev.weir.balancer.failure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The forms of an error's body. Among those that a client names with equal weight the last one is preferred. */
enum MediaType {
    TEXT("text", "; charset=utf-8", "plain"),
    /** RFC 9457: also for whoever asks for JSON, which it is. */
    PROBLEM("application", "", "problem+json", "json"),
    HTML("text", "; charset=utf-8", "html");

    // How closely a media range matches; 0: not at all.
    private static final int EXACT = 3;
    private static final int SUBTYPES = 2;
    private static final int ANY = 1;

    private final String type;
    private final String contentType;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> names;

    /** @param subtypes the first one is what is sent, all are what it answers to */
    MediaType(String type, String parameters, String... subtypes) {
        this.type = type;
        this.contentType = type + "/" + subtypes[0] + parameters;
        this.names = Stream.of(subtypes).map(subtype -> type + "/" + subtype).toList();
    }

    String contentType() {
        return contentType;
    }

    /**
     * Proactive negotiation by RFC 9110 section 12.5.1. For each form the most specific range that matches tells its weight;
     * among equal weights a form that is named beats one that a wildcard covers, so that "*&#47;*" gets text, an API client's
     * "application/json, *&#47;*" a problem, and a browser HTML.
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
        return best;
    }

    private record Match(int specificity, double weight) {
        boolean beats(Match other) {
            if (weight == other.weight) {
                return weight > 0 && (specificity == EXACT || specificity > other.specificity);
            }
            return weight > other.weight;
        }

        /** Of two ranges for one form: the closer one, and of two that are as close the one that wants it more. */
        boolean decidesOver(Match other) {
            return specificity == other.specificity ? weight > other.weight : specificity > other.specificity;
        }
    }

    private Match match(String[] ranges) {
        Match best = new Match(0, 0);
        for (String range : ranges) {
            String[] parts = range.split(";");
            int specificity = parts.length == 0 ? 0 : specificity(parts[0].trim());
            Match match = new Match(specificity, specificity == 0 ? 0 : weight(parts));
            best = match.decidesOver(best) ? match : best;
        }
        return best;
    }

    private int specificity(String range) {
        if (names.contains(range)) {
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
