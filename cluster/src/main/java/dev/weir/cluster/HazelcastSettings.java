package dev.weir.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.instance.BuildInfoProvider;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** Hazelcast, with all that is not needed switched off: it carries one topic between members, and nothing else. */
final class HazelcastSettings {
    private HazelcastSettings() {}

    /**
     * Hazelcast logs its first lines before it has read its configuration, and then asks this system property. To be called
     * before anything else of Hazelcast's is.
     */
    static void logThroughSlf4j() {
        String property = "hazelcast.logging.type";
        if (System.getProperty(property) == null) {
            System.setProperty(property, "slf4j");
        }
    }

    /**
     * Members of different minors shut each other down instead of forming a cluster, and other versions of the format are not
     * understood: both form clusters of their own.
     */
    static String clusterName(String installation) {
        String[] version = BuildInfoProvider.getBuildInfo().getVersion().split("\\.", 3);
        return installation + "-hz" + version[0] + "." + version[1] + "-w" + Wire.VERSION;
    }

    static Config config(HazelcastOptions options, String instanceName, Seeds seeds) {
        Config config = new Config(instanceName);
        config.setClusterName(clusterName(options.installation()));
        config.setAdvancedNetworkConfig(network(options, seeds));
        // Messages are bytes: no class of anybody's needs to be read.
        config.getSerializationConfig().setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false).setResourceUploadEnabled(false);
        config.getInstanceTrackingConfig().setEnabled(false);
        config.getManagementCenterConfig()
                .setScriptingEnabled(false)
                .setConsoleEnabled(false)
                .setDataAccessEnabled(false);
        quiet(config);
        threads(config);
        failures(config);
        boolean v6 = InetAddress.ofLiteral(options.bindAddress()) instanceof Inet6Address;
        set(config, ClusterProperty.PREFER_IPv4_STACK, !v6);
        return config;
    }

    /** Its default networking spins on a peer that is stopped, and would listen to clients. */
    private static AdvancedNetworkConfig network(HazelcastOptions options, Seeds seeds) {
        ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig();
        endpoint.setPort(options.port()).setPortAutoIncrement(false);
        endpoint.getInterfaces().setEnabled(true).addInterface(options.bindAddress());
        AdvancedNetworkConfig network = new AdvancedNetworkConfig().setEnabled(true);
        network.setMemberEndpointConfig(endpoint);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.setTcpIpConfig(new SeedList(seeds).setEnabled(true));
        return network;
    }

    private static void quiet(Config config) {
        config.setProperty("hazelcast.logging.type", "slf4j");
        set(config, ClusterProperty.LOGGING_ENABLE_DETAILS, false);
        set(config, ClusterProperty.PHONE_HOME_ENABLED, false);
        set(config, ClusterProperty.SHUTDOWNHOOK_ENABLED, false);
        set(config, ClusterProperty.HEALTH_MONITORING_LEVEL, "OFF");
        set(config, ClusterProperty.SOCKET_BIND_ANY, false);
    }

    private static void threads(Config config) {
        set(config, ClusterProperty.IO_THREAD_COUNT, 1);
        set(config, ClusterProperty.PARTITION_OPERATION_THREAD_COUNT, 2);
        set(config, ClusterProperty.GENERIC_OPERATION_THREAD_COUNT, 2);
        set(config, ClusterProperty.RESPONSE_THREAD_COUNT, 1);
        set(config, ClusterProperty.EVENT_THREAD_COUNT, 1);
        // Nothing is stored: there is nothing to divide.
        set(config, ClusterProperty.PARTITION_COUNT, 7);
    }

    /**
     * Not among these, on purpose: mastership.claim.timeout.seconds is also the number of tries, and a lower one makes the
     * survivors split when the oldest member is cut off.
     */
    private static void failures(Config config) {
        set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, 1);
        set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, 5);
        // How long parts of a cluster do not find each other again once they could. A search costs a connection attempt
        // of up to 5 s to each seed that is no member, and nothing where all are.
        set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, 3);
        set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, 3);
        set(config, ClusterProperty.MAX_JOIN_SECONDS, 30);
        set(config, ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT, 5);
        // What waits for a member that does not read, and for how long one message in 100,000 may block the sender.
        set(config, ClusterProperty.EVENT_QUEUE_CAPACITY, 10_000);
        set(config, ClusterProperty.EVENT_SYNC_TIMEOUT_MILLIS, 250);
    }

    private static void set(Config config, HazelcastProperty property, Object value) {
        config.setProperty(property.getName(), value.toString());
    }

    /** Hazelcast asks for the list at each attempt to join and at each search for a split: it may change. */
    private static final class SeedList extends TcpIpConfig {
        private final Seeds seeds;

        SeedList(Seeds seeds) {
            this.seeds = seeds;
        }

        @Override
        public List<String> getMembers() {
            return seeds.current();
        }
    }
}
