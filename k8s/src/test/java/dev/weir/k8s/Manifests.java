package dev.weir.k8s;

import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A folder of manifests as a cluster would receive it.
 *
 * @param documents in the order of the rendering
 */
record Manifests(List<JsonObject> documents) {
    /** The module's folder is the working directory of its tests. */
    static final Path BASE = Path.of("base");

    static Manifests base() {
        return parse(Kubectl.ON_THE_PATH.kustomize(BASE).manifests());
    }

    static Manifests parse(String yaml) {
        var documents = new ArrayList<JsonObject>();
        for (var document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
            documents.add(JSON.getGson().toJsonTree(document).getAsJsonObject());
        }
        return new Manifests(List.copyOf(documents));
    }

    V1Deployment deployment() {
        return the("Deployment", V1Deployment.class);
    }

    V1PodTemplateSpec podTemplate() {
        return deployment().getSpec().getTemplate();
    }

    V1PodSpec pod() {
        return podTemplate().getSpec();
    }

    /** The one container of the pod. */
    V1Container container() {
        var containers = pod().getContainers();
        if (containers.size() != 1) {
            throw new AssertionError("expected one container, got " + containers);
        }
        return containers.getFirst();
    }

    /** For traffic. */
    V1Service service() {
        return the("Service", "weir", V1Service.class);
    }

    /** By which the pods find each other. */
    V1Service peersService() {
        return the("Service", "weir-peers", V1Service.class);
    }

    V1ServiceAccount serviceAccount() {
        return the("ServiceAccount", V1ServiceAccount.class);
    }

    V1PodDisruptionBudget disruptionBudget() {
        return the("PodDisruptionBudget", V1PodDisruptionBudget.class);
    }

    V1NetworkPolicy networkPolicy() {
        return the("NetworkPolicy", V1NetworkPolicy.class);
    }

    V1ConfigMap configMap() {
        return the("ConfigMap", V1ConfigMap.class);
    }

    /** The configuration that Weir will read, parsed, not checked. */
    Map<String, Object> balancerConfig() {
        var yaml = configMap().getData().get("balancer.yaml");
        @SuppressWarnings("unchecked") // the keys of a configuration are text
        var parsed = (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return parsed;
    }

    private <T> T the(String kind, Class<T> model) {
        return only(kind, ofKind(kind), model);
    }

    private <T> T the(String kind, String name, Class<T> model) {
        var found = ofKind(kind).stream()
                .filter(document -> name.equals(
                        document.getAsJsonObject("metadata").get("name").getAsString()))
                .toList();
        return only(kind + " " + name, found, model);
    }

    private List<JsonObject> ofKind(String kind) {
        return documents.stream()
                .filter(document -> kind.equals(document.get("kind").getAsString()))
                .toList();
    }

    private static <T> T only(String what, List<JsonObject> found, Class<T> model) {
        if (found.size() != 1) {
            throw new AssertionError("expected one " + what + ", got " + found);
        }
        return JSON.getGson().fromJson(found.getFirst(), model);
    }
}
