package dev.weir.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1NetworkPolicyPeer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The Pod Security Standard "restricted", rule by rule, and what goes beyond it.
 * See <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">the standard</a>.
 */
class BaseSecurityTest {
    private static Manifests base;

    @BeforeAll
    static void render() {
        base = Manifests.base();
    }

    @Test
    void thePodSharesNothingWithItsNode() {
        assertThat(base.pod().getHostNetwork()).isNotEqualTo(true);
        assertThat(base.pod().getHostPID()).isNotEqualTo(true);
        assertThat(base.pod().getHostIPC()).isNotEqualTo(true);
        assertThat(base.container().getPorts())
                .extracting(V1ContainerPort::getHostPort)
                .containsOnlyNulls();
    }

    @Test
    void thereIsOneContainerAndNoOther() {
        assertThat(base.pod().getContainers()).hasSize(1);
        assertThat(base.pod().getInitContainers()).isNullOrEmpty();
        assertThat(base.pod().getEphemeralContainers()).isNullOrEmpty();
    }

    @Test
    void nothingRunsAsRoot() {
        assertThat(base.pod().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(base.pod().getSecurityContext().getRunAsUser()).isPositive();
        assertThat(base.container().getSecurityContext().getRunAsNonRoot()).isNotEqualTo(false);
        assertThat(base.container().getSecurityContext().getRunAsUser()).isNull();
    }

    @Test
    void theContainerGivesUpEveryPrivilege() {
        var context = base.container().getSecurityContext();

        assertThat(context.getPrivileged()).isNotEqualTo(true);
        assertThat(context.getAllowPrivilegeEscalation()).isFalse();
        assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(context.getCapabilities().getAdd()).isNullOrEmpty();
        assertThat(context.getProcMount()).isNull();
    }

    @Test
    void systemCallsAreFilteredByTheRuntimesProfile() {
        assertThat(base.pod().getSecurityContext().getSeccompProfile().getType())
                .isEqualTo("RuntimeDefault");
        assertThat(base.container().getSecurityContext().getSeccompProfile()).isNull();
        assertThat(base.pod().getSecurityContext().getSysctls()).isNullOrEmpty();
    }

    @Test
    void theFileSystemIsReadOnlyButForABoundedTmp() {
        assertThat(base.container().getSecurityContext().getReadOnlyRootFilesystem())
                .isTrue();
        assertThat(base.container().getVolumeMounts())
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .singleElement()
                .satisfies(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
        assertThat(base.pod().getVolumes())
                .allMatch(volume -> volume.getConfigMap() != null || volume.getEmptyDir() != null)
                .filteredOn(volume -> volume.getEmptyDir() != null)
                .allSatisfy(volume ->
                        assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull());
    }

    @Test
    void portsAreOpenToAnUnprivilegedUser() {
        assertThat(base.container().getPorts())
                .extracting(V1ContainerPort::getContainerPort)
                .allMatch(port -> port >= 1024);
    }

    @Test
    void noTokenOfTheApiServerIsMounted() {
        assertThat(base.pod().getAutomountServiceAccountToken()).isFalse();
        assertThat(base.serviceAccount().getAutomountServiceAccountToken()).isFalse();
    }

    @Test
    void trafficMayComeFromAnywhereMonitoringReachesTheAdminPortAndOnlyThePodsEachOther() {
        var policy = base.networkPolicy().getSpec();

        assertThat(policy.getPolicyTypes()).containsExactly("Ingress");
        assertThat(policy.getIngress())
                .hasSize(3)
                .allSatisfy(rule -> assertThat(rule.getPorts()).hasSize(1));
        assertThat(sourcesOf("http")).isEmpty();
        assertThat(sourcesOf("admin")).singleElement().satisfies(peer -> {
            assertThat(peer.getNamespaceSelector().getMatchLabels())
                    .isEqualTo(Map.of("kubernetes.io/metadata.name", "monitoring"));
            assertThat(peer.getPodSelector()).isNull();
        });
        assertThat(sourcesOf("cluster")).singleElement().satisfies(peer -> {
            assertThat(peer.getPodSelector()).isEqualTo(policy.getPodSelector());
            assertThat(peer.getNamespaceSelector()).as("of this namespace only").isNull();
            assertThat(peer.getIpBlock()).isNull();
        });
    }

    /** Who may reach a port; empty: everyone. */
    private static List<V1NetworkPolicyPeer> sourcesOf(String port) {
        var rules = base.networkPolicy().getSpec().getIngress().stream()
                .filter(rule ->
                        rule.getPorts().getFirst().getPort().getStrValue().equals(port))
                .toList();
        assertThat(rules).as("rules for port %s", port).hasSize(1);
        var peers = rules.getFirst().getFrom();
        return peers == null ? List.of() : peers;
    }
}
