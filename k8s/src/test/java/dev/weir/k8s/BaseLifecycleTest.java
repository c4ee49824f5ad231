package dev.weir.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1Probe;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Start, rollout, stop, and the room to live in. */
class BaseLifecycleTest {
    /** What is left, after the drain, to close connections and to let the JVM end, before the kubelet kills. */
    private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(10);

    /** What the JVM needs besides heap and direct buffers: metaspace, compiled code, stacks, the collector. */
    private static final long ROOM_FOR_THE_REST = 96L << 20;

    private static Manifests base;

    @BeforeAll
    static void render() {
        base = Manifests.base();
    }

    @Test
    void eachProbeAsksItsOwnQuestionOnTheAdminPort() {
        assertAsks(base.container().getStartupProbe(), "/startupz");
        assertAsks(base.container().getLivenessProbe(), "/livez");
        assertAsks(base.container().getReadinessProbe(), "/readyz");
    }

    @Test
    void aSlowStartGetsAMinute() {
        var startup = base.container().getStartupProbe();

        assertThat(startup.getPeriodSeconds() * startup.getFailureThreshold()).isGreaterThanOrEqualTo(60);
    }

    @Test
    void aMomentOfSilenceRestartsNothing() {
        var liveness = base.container().getLivenessProbe();

        assertThat(liveness.getFailureThreshold()).isGreaterThan(1);
        assertThat(liveness.getPeriodSeconds() * liveness.getFailureThreshold()).isGreaterThanOrEqualTo(30);
    }

    @Test
    void theGracePeriodCoversTheStopFromBeginningToEnd() {
        var preStop = Duration.ofSeconds(
                base.container().getLifecycle().getPreStop().getSleep().getSeconds());

        assertThat(preStop).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(Duration.ofSeconds(base.pod().getTerminationGracePeriodSeconds()))
                .isGreaterThanOrEqualTo(
                        preStop.plus(drain("delay")).plus(drain("timeout")).plus(TIME_TO_CLOSE));
    }

    @Test
    void aRolloutNeverTakesAPodAwayBeforeItsSuccessorServes() {
        var deployment = base.deployment().getSpec();

        assertThat(deployment.getReplicas()).isGreaterThan(1);
        assertThat(deployment.getMinReadySeconds()).isPositive();
        assertThat(deployment
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntValue())
                .isZero();
        assertThat(deployment.getStrategy().getRollingUpdate().getMaxSurge().getIntValue())
                .isPositive();
    }

    @Test
    void aNodeDrainTakesOnePodAtATimeAndIsNeverBlockedByASickOne() {
        var budget = base.disruptionBudget().getSpec();

        assertThat(budget.getMaxUnavailable().getIntValue()).isEqualTo(1);
        assertThat(budget.getMinAvailable()).isNull();
        assertThat(budget.getUnhealthyPodEvictionPolicy()).isEqualTo("AlwaysAllow");
    }

    @Test
    void memoryIsReservedInFullAndCpuIsNotThrottled() {
        var resources = base.container().getResources();

        assertThat(resources.getRequests()).containsOnlyKeys("cpu", "memory");
        assertThat(resources.getLimits())
                .containsExactly(Map.entry("memory", resources.getRequests().get("memory")));
    }

    @Test
    void heapAndDirectMemoryLeaveRoomForTheRestOfTheJvm() {
        var limit = base.container()
                .getResources()
                .getLimits()
                .get("memory")
                .getNumber()
                .longValueExact();
        var heap = limit * Long.parseLong(jvmOption("-XX:MaxRAMPercentage=")) / 100;
        var direct = mebibytes(jvmOption("-XX:MaxDirectMemorySize="));

        assertThat(limit - heap - direct).isGreaterThanOrEqualTo(ROOM_FOR_THE_REST);
    }

    @Test
    void aHeapDumpFitsOnItsVolume() {
        var limit = base.container().getResources().getLimits().get("memory").getNumber();
        var folder = jvmOption("-XX:HeapDumpPath=");
        var mount = base.container().getVolumeMounts().stream()
                .filter(candidate -> candidate.getMountPath().equals(folder))
                .findFirst()
                .orElseThrow();

        assertThat(base.pod().getVolumes())
                .filteredOn(volume -> volume.getName().equals(mount.getName()))
                .singleElement()
                .satisfies(
                        volume -> assertThat(volume.getEmptyDir().getSizeLimit().getNumber())
                                .isGreaterThanOrEqualTo(limit));
    }

    @Test
    void theJvmIsToldHowManyProcessorsToCountOn() {
        assertThat(Integer.parseInt(jvmOption("-XX:ActiveProcessorCount="))).isPositive();
    }

    private static void assertAsks(V1Probe probe, String path) {
        var question = probe.getHttpGet();
        assertThat(question.getPath()).isEqualTo(path);
        assertThat(question.getPort().getStrValue()).isEqualTo("admin");
        assertThat(base.container().getPorts())
                .filteredOn(port -> "admin".equals(port.getName()))
                .extracting(V1ContainerPort::getContainerPort)
                .containsExactly(8081);
        assertThat(probe.getTimeoutSeconds()).isLessThanOrEqualTo(probe.getPeriodSeconds());
    }

    private static Duration drain(String field) {
        var drain = (Map<?, ?>) base.balancerConfig().get("drain");
        return Duration.parse("PT" + drain.get(field));
    }

    private static String jvmOption(String prefix) {
        return base.container().getEnv().stream()
                .filter(variable -> variable.getName().equals("JDK_JAVA_OPTIONS"))
                .flatMap(variable -> Arrays.stream(variable.getValue().split(" ")))
                .filter(option -> option.startsWith(prefix))
                .map(option -> option.substring(prefix.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no JVM option " + prefix));
    }

    private static long mebibytes(String size) {
        assertThat(size).matches("\\d+m");
        return Long.parseLong(size.substring(0, size.length() - 1)) << 20;
    }
}
