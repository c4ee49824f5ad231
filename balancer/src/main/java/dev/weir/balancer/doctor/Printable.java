package dev.weir.balancer.doctor;

/** Words that come from outside, as they may stand on a terminal: what would command it is shown as its number. */
final class Printable {
    private Printable() {}

    static String of(String text) {
        if (text.codePoints().noneMatch(Printable::commands)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(code -> {
            if (commands(code)) {
                safe.append(String.format(code < 0x100 ? "\\x%02x" : "\\u%04x", code));
            } else {
                safe.appendCodePoint(code);
            }
        });
        return safe.toString();
    }

    /** Also what turns the direction of writing round. */
    private static boolean commands(int code) {
        return Character.isISOControl(code) || Character.getType(code) == Character.FORMAT;
    }
}
