package dev.weir.balancer.failure;

import java.util.Locale;

/** What a backend does against the rules of HTTP without harm: it is put right, and counted. */
public enum Violation {
    INVALID_FIELD_NAME("sends a field whose name is invalid; the field was dropped"),
    INVALID_FIELD_VALUE("sends a field whose value has a prohibited character; the field was dropped"),
    DUPLICATE_TRANSFER_ENCODING(
            "sends Transfer-Encoding: chunked twice; it was taken as one (does the application set it by hand?)"),
    DUPLICATE_CONTENT_LENGTH("sends the same Content-Length twice; it was taken as one"),
    LENGTH_AND_CHUNKS("sends Content-Length together with Transfer-Encoding; the chunks were believed"),
    FORBIDDEN_BODY("announces a body with 204, which has none; the connection was closed"),
    SURPLUS_BYTES("sends bytes after the end of its response; the connection was closed"),
    UNSOLICITED_BYTES("sends bytes on an idle connection; it was closed");

    private final String label = name().toLowerCase(Locale.ROOT);
    private final String words;

    Violation(String words) {
        this.words = words;
    }

    /** As in metrics. */
    public String label() {
        return label;
    }

    /** For operators: what the backend does, and what came of it. */
    public String words() {
        return words;
    }
}
