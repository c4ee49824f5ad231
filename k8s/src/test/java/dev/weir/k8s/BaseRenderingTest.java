package dev.weir.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That a cluster would accept what kubectl makes of the base. */
class BaseRenderingTest {
    private static Kubectl.Rendering rendering;

    @BeforeAll
    static void render() {
        rendering = Kubectl.ON_THE_PATH.kustomize(Manifests.BASE);
    }

    @Test
    void theBaseRendersWithoutAWarning() {
        assertThat(rendering.remarks()).doesNotContainIgnoringCase("warning");
    }

    @Test
    void theBaseHoldsExactlyTheseKinds() {
        assertThat(Manifests.parse(rendering.manifests()).documents())
                .extracting(document -> document.get("kind").getAsString())
                .containsExactlyInAnyOrder(
                        "ConfigMap",
                        "Deployment",
                        "NetworkPolicy",
                        "PodDisruptionBudget",
                        "Service",
                        "Service",
                        "ServiceAccount");
    }

    @Test
    void everyManifestIsValidKubernetes() {
        assertThat(Manifests.parse(rendering.manifests()).documents())
                .flatMap(StrictModel::problems)
                .isEmpty();
    }
}
