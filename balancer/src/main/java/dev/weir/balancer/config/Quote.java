package dev.weir.balancer.config;

/** Shows a user's text in a message: in quotes, on one line, and not too long. */
final class Quote {
    private static final int MAX_LENGTH = 80;

    private Quote() {}

    static String text(String text) {
        StringBuilder shown = new StringBuilder("'");
        text.codePoints().limit(MAX_LENGTH).forEach(code -> append(shown, code));
        if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
            shown.append("...");
        }
        return shown.append('\'').toString();
    }

    private static void append(StringBuilder shown, int code) {
        switch (code) {
            case '\n' -> shown.append("\\n");
            case '\t' -> shown.append("\\t");
            case '\r' -> shown.append("\\r");
            default -> {
                if (Character.isISOControl(code) || Character.getType(code) == Character.FORMAT) {
                    shown.append(String.format("\\u%04x", code));
                } else {
                    shown.appendCodePoint(code);
                }
            }
        }
    }
}
