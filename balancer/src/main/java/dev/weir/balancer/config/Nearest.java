package dev.weir.balancer.config;

import java.util.Collection;

/** Guesses which of the known words a user meant. */
public final class Nearest {
    /** No name is longer, and the work grows with the square of it. */
    private static final int MAX_LENGTH = 64;

    private static final int MAX_KNOWN = 1000;

    private Nearest() {}

    /** {@code "; did you mean 'x'?"}, or nothing if no word is near. */
    public static String hint(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH || known.size() > MAX_KNOWN) {
            return "";
        }
        String best = "";
        int least = 1 + Math.max(1, word.length() / 3); // a third of the letters may be wrong
        for (String candidate : known) {
            int distance = Math.abs(candidate.length() - word.length()) < least ? distance(word, candidate) : least;
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? "" : "; did you mean '" + best + "'?";
    }

    /** Insertions, deletions, replacements and swaps of neighbours ("optimal string alignment"). */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(a, b, i, j, cost);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(String a, String b, int i, int j, int[][] cost) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int least = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
