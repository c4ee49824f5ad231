package dev.weir.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema, which is written for editors, the loader, and the files that are there to be read by people. */
final class SchemaTest {
    /** What explains, but decides nothing. */
    private static final Set<String> ANNOTATIONS = Set.of("$schema", "$id", "title", "description", "examples");

    @Test
    void schemaAndLoaderKnowTheSameKeysValuesAndDefaults() throws IOException {
        JsonObject schema = (JsonObject) withoutAnnotations(new JsonObject(Files.readString(ConfFiles.SCHEMA)));
        assertThat(schema.encodePrettily())
                .isEqualTo(normal(FileSyntax.FILE.schema()).encodePrettily());
    }

    @Test
    void everyKeyIsDescribed() throws IOException {
        assertThat(undescribed("", new JsonObject(Files.readString(ConfFiles.SCHEMA))))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileInConfLoads(Path file) throws ConfigException {
        assertThat(ConfigLoader.load(file, StrategyCheck.ANY).pools()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileInConfSatisfiesTheSchema(Path file) throws IOException {
        assertThat(EditorSchema.violations(Files.readString(file))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileInConfTellsEditorsOfTheSchema(Path file) throws IOException {
        assertThat(Files.readAllLines(file).getFirst())
                .isEqualTo("# yaml-language-server: $schema=" + ConfFiles.SCHEMA.getFileName());
    }

    @Test
    void theCompleteFileHasEveryKey() throws IOException {
        JsonObject schema = new JsonObject(Files.readString(ConfFiles.SCHEMA));
        Set<String> known = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        collectKeys("", schema, known);
        collectKeys("", schema, EditorSchema.json(Files.readString(ConfFiles.COMPLETE)), used);
        assertThat(used).isEqualTo(known).hasSizeGreaterThan(60);
    }

    @Test
    void theSchemaRejectsWhatTheLoaderRejects() {
        String pools = "pools: { shop: { backends: [http://a] } }\n";
        assertThat(EditorSchema.violations(pools)).isEmpty();
        assertThat(List.of(
                        "zone: ''",
                        "color: red",
                        "event-loops: '2'",
                        "event-loops: 1025",
                        "drain: { delay: 10 }",
                        "drain: { delay: 10 s }",
                        "status-codes: 502",
                        "listeners: []",
                        "listeners: [ { limits: { head: 64 } } ]",
                        "trusted-proxies: [localhost]",
                        "routes: [ { path: api, pool: shop } ]",
                        "routes: [ { path: /api } ]"))
                .allSatisfy(line ->
                        assertThat(EditorSchema.violations(line + "\n" + pools)).isNotEmpty());
    }

    static List<Path> files() {
        return ConfFiles.all();
    }

    private static Object withoutAnnotations(Object value) {
        if (value instanceof JsonArray array) {
            JsonArray stripped = new JsonArray();
            array.forEach(item -> stripped.add(withoutAnnotations(item)));
            return stripped;
        }
        if (!(value instanceof JsonObject object)) {
            return value;
        }
        JsonObject stripped = new JsonObject();
        for (Map.Entry<String, Object> entry : object) {
            // Under "properties" stand names, which may be those of annotations.
            if (entry.getKey().equals("properties")) {
                JsonObject properties = new JsonObject();
                ((JsonObject) entry.getValue())
                        .forEach(p -> properties.put(p.getKey(), withoutAnnotations(p.getValue())));
                stripped.put("properties", properties);
            } else if (!ANNOTATIONS.contains(entry.getKey())) {
                stripped.put(entry.getKey(), withoutAnnotations(entry.getValue()));
            }
        }
        return normal(stripped);
    }

    /** In one order and one choice of types. */
    private static JsonObject normal(JsonObject object) {
        JsonObject parsed = new JsonObject(object.encode());
        JsonObject sorted = new JsonObject();
        parsed.fieldNames().stream().sorted().forEach(name -> sorted.put(name, normalValue(parsed.getValue(name))));
        return sorted;
    }

    private static Object normalValue(Object value) {
        if (value instanceof JsonObject object) {
            return normal(object);
        }
        if (value instanceof JsonArray array) {
            JsonArray normal = new JsonArray();
            array.forEach(item -> normal.add(normalValue(item)));
            return normal;
        }
        return value;
    }

    private static Set<String> undescribed(String path, JsonObject schema) {
        Set<String> found = new TreeSet<>();
        for (JsonObject part : parts(schema)) {
            JsonObject properties = part.getJsonObject("properties", new JsonObject());
            for (String name : properties.fieldNames()) {
                JsonObject property = properties.getJsonObject(name);
                String below = path + "." + name;
                if (property.getString("description", "").length() < 10) {
                    found.add(below);
                }
                found.addAll(undescribed(below, property));
            }
            if (part.getValue("additionalProperties") instanceof JsonObject values) {
                found.addAll(undescribed(path + ".*", values));
            }
            if (part.getValue("items") instanceof JsonObject items) {
                found.addAll(undescribed(path + "[]", items));
            }
        }
        return found;
    }

    private static void collectKeys(String path, JsonObject schema, Set<String> keys) {
        for (JsonObject part : parts(schema)) {
            JsonObject properties = part.getJsonObject("properties", new JsonObject());
            for (String name : properties.fieldNames()) {
                keys.add(path + "." + name);
                collectKeys(path + "." + name, properties.getJsonObject(name), keys);
            }
            if (part.getValue("additionalProperties") instanceof JsonObject values) {
                collectKeys(path + ".*", values, keys);
            }
            if (part.getValue("items") instanceof JsonObject items) {
                collectKeys(path + "[]", items, keys);
            }
        }
    }

    /** The keys of the schema that a document has. */
    private static void collectKeys(String path, JsonObject schema, Object document, Set<String> keys) {
        for (JsonObject part : parts(schema)) {
            JsonObject properties = part.getJsonObject("properties", new JsonObject());
            if (document instanceof JsonObject object) {
                for (String name : object.fieldNames()) {
                    if (properties.containsKey(name)) {
                        keys.add(path + "." + name);
                        collectKeys(path + "." + name, properties.getJsonObject(name), object.getValue(name), keys);
                    } else if (part.getValue("additionalProperties") instanceof JsonObject values) {
                        collectKeys(path + ".*", values, object.getValue(name), keys);
                    }
                }
            }
            if (document instanceof JsonArray array && part.getValue("items") instanceof JsonObject items) {
                array.forEach(item -> collectKeys(path + "[]", items, item, keys));
            }
        }
    }

    /** A schema, or the alternatives that it consists of. */
    private static List<JsonObject> parts(JsonObject schema) {
        JsonArray alternatives = schema.getJsonArray("oneOf");
        return alternatives == null
                ? List.of(schema)
                : alternatives.stream().map(JsonObject.class::cast).toList();
    }
}
