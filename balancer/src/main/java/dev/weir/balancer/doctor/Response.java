package dev.weir.balancer.doctor;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A response, as far as it came.
 *
 * @param head of the final response
 * @param interim statuses of the responses before it (1xx)
 * @param framing how its end is marked
 * @param bodyBytes without what frames it
 * @param bodyStart its first bytes
 * @param violations what is wrong with it, and what the balancer makes of that
 * @param intact whether it came to its end
 * @param headNanos from the request to the end of the head
 * @param totalNanos from the request to the end of the body
 */
record Response(
        Head head,
        List<Integer> interim,
        Framing framing,
        long bodyBytes,
        Bytes bodyStart,
        List<Finding> violations,
        boolean intact,
        long headNanos,
        long totalNanos) {

    enum Framing {
        NONE("no body"),
        LENGTH("Content-Length"),
        CHUNKED("chunked"),
        CLOSE("the end of the connection");

        private final String label;

        Framing(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** @param value without the blanks around it */
    record Field(String name, String value) {}

    /** @param bytes of the whole head, with line ends */
    record Head(String version, int status, String statusLine, List<Field> fields, long bytes) {
        Stream<String> values(String name) {
            return fields.stream()
                    .filter(field -> field.name().equalsIgnoreCase(name))
                    .map(Field::value);
        }

        /** Members of a field whose value is a list of tokens, in lower case. */
        List<String> tokens(String name) {
            return values(name)
                    .flatMap(value -> Stream.of(value.split(",")))
                    .map(token -> token.strip().toLowerCase(Locale.ROOT))
                    .filter(token -> !token.isEmpty())
                    .toList();
        }

        boolean keepsAlive() {
            List<String> connection = tokens("Connection");
            return version.equals("HTTP/1.0") ? connection.contains("keep-alive") : !connection.contains("close");
        }

        /** The bytes that the field takes which takes most. */
        Field largest() {
            return fields.stream()
                    .max(java.util.Comparator.comparingInt(
                            field -> field.name().length() + field.value().length()))
                    .orElse(new Field("", ""));
        }
    }

    /** Whether another request may follow on the same connection. */
    boolean reusable() {
        return intact && framing != Framing.CLOSE && head.keepsAlive();
    }
}
