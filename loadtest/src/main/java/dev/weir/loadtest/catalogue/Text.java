package dev.weir.loadtest.catalogue;

/** Foreign bytes and long lines, made fit for a table. */
final class Text {
    private Text() {}

    /** In quotes, at most so long, with what cannot be printed escaped. */
    static String quoted(String text, int most) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < Math.min(most, text.length()); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n') {
                out.append(c == '\r' ? "\\r" : "\\n");
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\x%02x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append(text.length() > most ? "…\"" : "\"").toString();
    }

    /** One cell of a markdown table. */
    static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ").strip();
    }

    /** At most so long. */
    static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
