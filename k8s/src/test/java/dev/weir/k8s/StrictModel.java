package dev.weir.k8s;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads a manifest as strictly as {@code kubectl apply --validate=strict} does, without a cluster: by the Java model
 * that the Kubernetes project generates from its own OpenAPI document.
 *
 * <p>The model refuses unknown and missing fields. It is lenient with types (true is taken for "true", 3.5 for 3), so
 * what it understood is written out again and compared with what was said. Values of an enumeration are not checked.
 */
final class StrictModel {
    private StrictModel() {}

    private interface Check {
        void accept(JsonElement manifest) throws IOException;
    }

    private record Kind(Class<?> model, Check check) {}

    /** A kind that is missing here is reported as a problem: a manifest that nobody checks is a mistake. */
    private static final Map<String, Kind> KINDS = Map.of(
            "v1 ConfigMap", new Kind(V1ConfigMap.class, V1ConfigMap::validateJsonElement),
            "v1 Service", new Kind(V1Service.class, V1Service::validateJsonElement),
            "v1 ServiceAccount", new Kind(V1ServiceAccount.class, V1ServiceAccount::validateJsonElement),
            "apps/v1 Deployment", new Kind(V1Deployment.class, V1Deployment::validateJsonElement),
            "networking.k8s.io/v1 NetworkPolicy", new Kind(V1NetworkPolicy.class, V1NetworkPolicy::validateJsonElement),
            "policy/v1 PodDisruptionBudget",
                    new Kind(V1PodDisruptionBudget.class, V1PodDisruptionBudget::validateJsonElement));

    /** What is wrong with a manifest, each with the place or the value; empty if nothing is. */
    static List<String> problems(JsonObject manifest) {
        var name = text(manifest, "apiVersion") + " " + text(manifest, "kind");
        var kind = KINDS.get(name);
        if (kind == null) {
            return List.of("%s: not a known kind (known: %s)"
                    .formatted(name, KINDS.keySet().stream().sorted().toList()));
        }
        try {
            kind.check().accept(manifest);
            var understood = JSON.getGson().toJsonTree(JSON.getGson().fromJson(manifest, kind.model()));
            var problems = new ArrayList<String>();
            compare(name, manifest, understood, problems);
            return problems;
        } catch (IOException | RuntimeException e) {
            return List.of(name + ": " + e.getMessage());
        }
    }

    private static String text(JsonObject manifest, String field) {
        return manifest.has(field) ? manifest.get(field).getAsString() : "(no " + field + ")";
    }

    private static void compare(String path, JsonElement said, JsonElement understood, List<String> problems) {
        if (said instanceof JsonObject fields && understood instanceof JsonObject known) {
            fields.asMap().forEach((field, value) -> {
                var counterpart = known.has(field) ? known.get(field) : JsonNull.INSTANCE;
                compare(path + "." + field, value, counterpart, problems);
            });
        } else if (said instanceof JsonArray items
                && understood instanceof JsonArray known
                && items.size() == known.size()) {
            for (int i = 0; i < items.size(); i++) {
                compare(path + "[" + i + "]", items.get(i), known.get(i), problems);
            }
        } else if (!same(said, understood)) {
            problems.add("%s: %s is understood as %s".formatted(path, said, understood));
        }
    }

    private static boolean same(JsonElement said, JsonElement understood) {
        return said.equals(understood) || (isText(said) && isText(understood)); // a quantity may be spelt otherwise
    }

    private static boolean isText(JsonElement element) {
        return element instanceof JsonPrimitive primitive && primitive.isString();
    }
}
