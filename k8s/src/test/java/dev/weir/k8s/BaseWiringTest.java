package dev.weir.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1LabelSelector;
import io.kubernetes.client.openapi.models.V1TopologySpreadConstraint;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That the pieces find each other. */
class BaseWiringTest {
    /** Where the configuration says nothing else. */
    private static final int WEIRS_CLUSTER_PORT = 5701;

    private static Manifests base;

    @BeforeAll
    static void render() {
        base = Manifests.base();
    }

    @Test
    void everySelectorSelectsThePods() {
        assertThat(List.of(base.service(), base.peersService()))
                .extracting(service -> service.getSpec().getSelector())
                .allSatisfy(labels -> assertThat(labels).isNotEmpty().satisfies(BaseWiringTest::matchesThePods));
        assertThat(List.of(
                        base.deployment().getSpec().getSelector(),
                        base.disruptionBudget().getSpec().getSelector(),
                        base.networkPolicy().getSpec().getPodSelector()))
                .extracting(V1LabelSelector::getMatchLabels)
                .allSatisfy(labels -> assertThat(labels).isNotEmpty().satisfies(BaseWiringTest::matchesThePods));
    }

    @Test
    void podsAreSpreadOverZonesAndNodesPerRevisionAndNeverLeftUnscheduled() {
        var constraints = base.pod().getTopologySpreadConstraints();

        assertThat(constraints)
                .extracting(V1TopologySpreadConstraint::getTopologyKey)
                .containsExactlyInAnyOrder("topology.kubernetes.io/zone", "kubernetes.io/hostname");
        assertThat(constraints).allSatisfy(constraint -> {
            assertThat(constraint.getWhenUnsatisfiable()).isEqualTo("ScheduleAnyway");
            assertThat(constraint.getMatchLabelKeys()).containsExactly("pod-template-hash");
            assertThat(constraint.getLabelSelector().getMatchLabels())
                    .isNotEmpty()
                    .satisfies(BaseWiringTest::matchesThePods);
        });
    }

    @Test
    void theServiceLeadsPort80ToTheListenerAndNothingElseAnywhere() {
        assertThat(base.service().getSpec().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(80);
            assertThat(portNumber(port.getTargetPort())).isEqualTo(8080);
        });
    }

    @Test
    void theConfigurationListensOnThePortsThatThePodDeclaresAndOnEveryAddress() {
        var config = base.balancerConfig();

        assertThat(config.get("listeners")).isEqualTo(List.of(Map.of("address", "0.0.0.0:" + portNumber("http"))));
        assertThat(config.get("admin")).isEqualTo(Map.of("address", "0.0.0.0:" + portNumber("admin")));
    }

    @Test
    void theConfigurationArrivesByteForByte() throws IOException {
        assertThat(base.configMap().getData())
                .containsExactly(Map.entry("balancer.yaml", Files.readString(Manifests.BASE.resolve("balancer.yaml"))));
    }

    @Test
    void everyBackendIsAnHttpAddressInsideTheCluster() {
        assertThat(base.balancerConfig())
                .extractingByKey("pools")
                .extracting("shop")
                .extracting("backends")
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .isNotEmpty()
                .map(URI::create)
                .allSatisfy(uri -> {
                    assertThat(uri.getScheme()).isEqualTo("http");
                    assertThat(uri.getHost()).endsWith(".shop");
                    assertThat(uri.getPort()).isPositive();
                });
    }

    @Test
    void aChangedConfigurationIsANewConfigMapAndSoRollsThePods() {
        var name = base.configMap().getMetadata().getName();

        assertThat(name).matches("weir-[a-z0-9]{10}");
        assertThat(base.pod().getVolumes())
                .filteredOn(volume -> volume.getConfigMap() != null)
                .singleElement()
                .satisfies(volume -> assertThat(volume.getConfigMap().getName()).isEqualTo(name));
    }

    @Test
    void theConfigurationIsMountedAsADirectoryAndRunReadsItFromThere() {
        var mount = mountOf("config");

        assertThat(mount.getMountPath()).isEqualTo("/etc/weir");
        assertThat(mount.getReadOnly()).isTrue();
        assertThat(mount.getSubPath()).isNull();
        assertThat(mount.getSubPathExpr()).isNull();
        assertThat(base.container().getArgs()).startsWith("run", "--config", mount.getMountPath() + "/balancer.yaml");
    }

    @Test
    void thePodsFindEachOtherByAHeadlessServiceEvenBeforeTheyAreReady() {
        var service = base.peersService();
        var peers = ((Map<?, ?>) base.balancerConfig().get("cluster")).get("peers");

        assertThat(peers).isEqualTo(List.of(service.getMetadata().getName()));
        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(WEIRS_CLUSTER_PORT);
            assertThat(portNumber(port.getTargetPort())).isEqualTo(WEIRS_CLUSTER_PORT);
        });
    }

    @Test
    void eachPodIsToldItsOwnAddress() {
        assertThat(base.container().getArgs())
                .endsWith("--cluster-address=$(POD_IP)")
                .hasSize(4);
        assertThat(base.container().getEnv())
                .filteredOn(variable -> variable.getName().equals("POD_IP"))
                .singleElement()
                .satisfies(variable -> assertThat(
                                variable.getValueFrom().getFieldRef().getFieldPath())
                        .isEqualTo("status.podIP"));
    }

    @Test
    void everyVolumeIsMountedAndEveryMountHasAVolume() {
        assertThat(base.container().getVolumeMounts())
                .extracting(V1VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(
                        base.pod().getVolumes().stream().map(V1Volume::getName).toList());
    }

    @Test
    void prometheusIsLedToTheMetricsOnTheAdminPort() {
        assertThat(base.podTemplate().getMetadata().getAnnotations())
                .containsEntry("prometheus.io/scrape", "true")
                .containsEntry("prometheus.io/scheme", "http")
                .containsEntry("prometheus.io/port", String.valueOf(portNumber("admin")))
                .containsEntry("prometheus.io/path", "/metrics");
    }

    @Test
    void theImageIsThisVersionOfWeir() {
        assertThat(base.container().getImage()).isEqualTo("weir:" + System.getProperty("weir.version"));
    }

    @Test
    void thePodRunsUnderTheServiceAccountOfTheBase() {
        assertThat(base.pod().getServiceAccountName())
                .isEqualTo(base.serviceAccount().getMetadata().getName());
    }

    private static void matchesThePods(Map<? extends String, ? extends String> labels) {
        assertThat(base.podTemplate().getMetadata().getLabels()).containsAllEntriesOf(labels);
    }

    private static V1VolumeMount mountOf(String volume) {
        return base.container().getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals(volume))
                .findFirst()
                .orElseThrow();
    }

    private static int portNumber(IntOrString port) {
        return port.isInteger() ? port.getIntValue() : portNumber(port.getStrValue());
    }

    private static int portNumber(String name) {
        return base.container().getPorts().stream()
                .filter(port -> name.equals(port.getName()))
                .mapToInt(V1ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow(() -> new AssertionError("the container declares no port named " + name));
    }
}
