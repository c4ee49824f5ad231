package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations together with the strategies that there are. */
final class ConfigurationTest {
    @ParameterizedTest
    @MethodSource("examples")
    void everyStrategyThatTheSchemaSuggestsCanBeMade(Object strategy) throws Exception {
        // JSON is YAML.
        String yaml =
                "pools: { shop: { strategy: " + Json.encode(strategy) + ", backends: [ http://127.0.0.1:9001 ] } }";
        assertThat(Configuration.parse("x.yaml", yaml).pools()).containsKey("shop");
    }

    @Test
    void theConfigurationForKubernetesIsValid() throws Exception {
        Path file = conf().resolveSibling("k8s").resolve("base/balancer.yaml");
        assertThat(Configuration.load(file).pools()).isNotEmpty();
    }

    static List<Object> examples() throws IOException {
        JsonArray examples = new JsonObject(Files.readString(conf().resolve("balancer.schema.json")))
                .getJsonObject("properties")
                .getJsonObject("pools")
                .getJsonObject("additionalProperties")
                .getJsonObject("properties")
                .getJsonObject("strategy")
                .getJsonArray("examples");
        return examples.stream().toList();
    }

    /** Tests run in the module or at the top. */
    static Path conf() {
        return Stream.of(Path.of("conf"), Path.of("../conf"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow();
    }
}
