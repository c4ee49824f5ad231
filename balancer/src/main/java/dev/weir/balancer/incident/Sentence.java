package dev.weir.balancer.incident;

/** Makes a sentence of a clause. */
final class Sentence {
    private Sentence() {}

    static String of(String clause) {
        return Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ".";
    }
}
