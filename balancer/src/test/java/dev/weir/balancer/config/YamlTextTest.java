package dev.weir.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be read, are no YAML, or would take more memory than a configuration may. */
final class YamlTextTest {
    private static final String GOOD = "pools: { shop: { backends: [ http://127.0.0.1:9001 ] } }\n";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("x.yaml");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThat(problemOf(file)).isEqualTo(file + ": no such file");
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThat(problemOf(directory)).isEqualTo(directory + ": is a directory; expected a YAML file");
    }

    @Test
    void aFileWithoutPermissionIsNamed() throws IOException {
        write(GOOD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "the superuser may read everything");
        assertThat(problemOf(file)).isEqualTo(file + ": cannot be read: permission denied");
    }

    @Test
    void anEmptyFileIsNoConfiguration() throws IOException {
        String expected = file + ": is empty; expected at least a pool, as in conf/minimal.yaml";
        write("");
        assertThat(problemOf(file)).isEqualTo(expected);
        write("# only a comment\n");
        assertThat(problemOf(file)).isEqualTo(expected);
    }

    @Test
    void aFileInAnotherEncodingIsRejectedWhereItShows() throws IOException {
        Files.write(file, ("# Gruß\nzone: K\u00f6ln\n" + GOOD).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problemOf(file)).isEqualTo(file + ":1:6: the byte 0xdf is not UTF-8; expected a text file in UTF-8");
        Files.write(file, GOOD.getBytes(StandardCharsets.UTF_16));
        assertThat(problemOf(file)).isEqualTo(file + ":1:1: the byte 0xfe is not UTF-8; expected a text file in UTF-8");
        Files.write(file, new byte[] {'#', '\n', (byte) 0xc3});
        assertThat(problemOf(file)).isEqualTo(file + ":2:1: the byte 0xc3 is not UTF-8; expected a text file in UTF-8");
    }

    @Test
    void aByteOrderMarkIsSkipped() throws IOException, ConfigException {
        write("\ufeff" + GOOD);
        assertThat(ConfigLoader.load(file, StrategyCheck.ANY).pools()).containsKey("shop");
    }

    @Test
    void aHugeFileIsNotReadToItsEnd() throws IOException {
        write("#".repeat(YamlText.MAX_BYTES + 1));
        assertThat(problemOf(file)).isEqualTo(file + ": is larger than 4 MB, which is the most that is read");
    }

    @Test
    void aFileAsLargeAsMayBeIsRead() throws IOException, ConfigException {
        write(GOOD + "#".repeat(YamlText.MAX_BYTES - GOOD.length()));
        assertThat(ConfigLoader.load(file, StrategyCheck.ANY).pools()).containsKey("shop");
    }

    @Test
    void tenThousandBackendsAreNotTooMany() throws ConfigException {
        StringBuilder yaml = new StringBuilder("pools:\n  shop:\n    backends:\n");
        for (int i = 0; i < 10_000; i++) {
            yaml.append("    - { url: 'http://b").append(i).append(":9001', weight: 2, priority: 1, zone: a }\n");
        }
        PoolConfig pool = ConfigLoader.parse("x.yaml", yaml.toString(), StrategyCheck.ANY)
                .pools()
                .get("shop");
        assertThat(pool.backends()).hasSize(10_000);
    }

    @Test
    void brokenSyntaxIsShownWhereItBreaks() {
        assertThat(problemOf("zone: [a\npools: {}\n"))
                .isEqualTo(
                        "x.yaml:2:6: is not valid YAML: while parsing a flow sequence, expected ',' or ']', but got :");
        assertThat(problemOf("zone: a\n\tadmin: b\n")).startsWith("x.yaml:2:1: is not valid YAML: ");
        assertThat(problemOf("zone: \u0007\n")).isEqualTo("x.yaml:1:7: the character U+0007 is not allowed in YAML");
        assertThat(problemOf("zone: *nobody\n")).startsWith("x.yaml:1:7: is not valid YAML: ");
        assertThat(problemOf("zone: a\n---\nzone: b\n")).startsWith("x.yaml:2:1: is not valid YAML: ");
        assertThat(problemOf("zone: 'a\n")).startsWith("x.yaml:2:1: is not valid YAML: ");
    }

    @Test
    void aKeyThatStandsTwiceIsReportedEachTime() {
        assertThat(problemOf("zone: a\nzone: b\n" + GOOD + "zone: c\n")).isEqualTo("""
                        x.yaml:2:1: zone: duplicate key; it already stands in line 1
                        x.yaml:4:1: zone: duplicate key; it already stands in line 1""");
    }

    @Test
    void aliasesMustNotFormACycle() {
        assertThat(problemOf("pools: &a { shop: *a }\n"))
                .isEqualTo("x.yaml:1:8: pools.shop: contains itself by way of an alias");
        assertThat(problemOf("&a [ *a ]\n")).isEqualTo("x.yaml:1:1: [0]: contains itself by way of an alias");
    }

    @Test
    void aliasesMustNotMultiply() {
        StringBuilder yaml = new StringBuilder("l0: &l0 [a, a]\n");
        for (int i = 1; i < 28; i++) {
            yaml.append("l%d: &l%d [*l%d, *l%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(problemOf(yaml.toString()))
                .isEqualTo("x.yaml:1:1: stands for more than 1000000 values or 32 levels,"
                        + " counting what its aliases stand for");
    }

    @Test
    void aliasesMustNotNestWithoutEnd() {
        StringBuilder yaml = new StringBuilder("l0: &l0 [a]\n");
        for (int i = 1; i < 10_000; i++) {
            yaml.append("l%d: &l%d [*l%d]\n".formatted(i, i, i - 1));
        }
        assertThat(problemOf(yaml.toString())).startsWith("x.yaml:1:1: stands for more than");
    }

    @Test
    void deepNestingIsRefusedBeforeItOverflowsTheStack() {
        assertThat(problemOf("zone: " + "[".repeat(1_000_000)))
                .isEqualTo("x.yaml:1:38: is nested more than 32 levels deep");
        assertThat(problemOf("zone: " + "{a: ".repeat(100_000))).contains("is nested more than 32 levels deep");
        assertThat(problemOf("- ".repeat(100_000))).contains("is nested more than 32 levels deep");
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private static String problemOf(Path path) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(path, StrategyCheck.ANY))
                .getMessage();
    }

    private static String problemOf(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse("x.yaml", yaml, StrategyCheck.ANY))
                .getMessage();
    }
}
