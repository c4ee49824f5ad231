package dev.weir.loadtest.faults;

import java.util.Comparator;
import java.util.List;

/** What somebody may have meant. */
final class Nearest {
    private static final int SUGGESTIONS = 3;

    private Nearest() {}

    /** {@code "; did you mean a, b?"}, or where to look if nothing is near. */
    static String hint(String word, List<String> known) {
        List<String> near = known.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(2, candidate.length() / 3)
                        || (word.length() > 2 && candidate.contains(word)))
                .sorted(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .limit(SUGGESTIONS)
                .toList();
        return near.isEmpty() ? "; --list has all" : "; did you mean " + String.join(", ", near) + "?";
    }

    /** Insertions, deletions and replacements (Levenshtein 1966), one row of the matrix at a time. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
