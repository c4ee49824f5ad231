package dev.weir.loadtest.catalogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the catalogue of causes.
 *
 * @param id such as {@code A14}
 * @param absent why it is not reproduced; null: it is
 */
record Row(
        String id, String cause, List<Case> cases, @Nullable String absent) {
    static Row of(String id, String cause, Case... cases) {
        if (cases.length == 0) {
            throw new IllegalArgumentException(id + " has no case");
        }
        return new Row(id, cause, List.of(cases), null);
    }

    static Row absent(String id, String cause, String why) {
        return new Row(id, cause, List.of(), why);
    }
}
