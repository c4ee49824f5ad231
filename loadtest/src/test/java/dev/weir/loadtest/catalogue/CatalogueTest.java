package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    @Test
    void everyRowIsThereOnceAndInOrder() {
        Map<String, Long> groups = Catalogue.rows().stream()
                .map(row -> row.id().substring(0, 1))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));

        assertThat(groups)
                .isEqualTo(Map.ofEntries(
                        Map.entry("A", 14L),
                        Map.entry("B", 5L),
                        Map.entry("C", 8L),
                        Map.entry("D", 8L),
                        Map.entry("E", 18L),
                        Map.entry("F", 8L),
                        Map.entry("G", 4L),
                        Map.entry("H", 9L),
                        Map.entry("I", 5L),
                        Map.entry("J", 6L),
                        Map.entry("K", 6L),
                        Map.entry("L", 5L)));
        assertThat(Catalogue.rows()).hasSize(Catalogue.ROWS).extracting(Row::id).doesNotHaveDuplicates();
    }

    @Test
    void everyCaseHasANameThatPoolsCanHave() {
        List<String> prefixes = Catalogue.rows().stream()
                .flatMap(row -> row.cases().stream().map(play -> new Scene(row, play).prefix()))
                .toList();

        assertThat(prefixes).doesNotHaveDuplicates().allMatch(prefix -> prefix.matches("[a-z][a-z0-9-]{0,50}"));
    }

    @Test
    void whatIsNotReproducedSaysWhy() {
        assertThat(Catalogue.rows())
                .allMatch(row -> row.cases().isEmpty()
                        == (row.absent() != null && !row.absent().isBlank()));
    }
}
