package dev.weir.balancer.metrics;

import java.util.List;

/** Every meter of Weir's own: name, meaning and labels. {@code balancer/README.md} lists the same. */
enum Meter {
    RESPONSES(Type.COUNTER, "weir_responses_total", "Responses to clients by status class.", "pool", "status"),
    REQUEST_DURATION(
            Type.HISTOGRAM,
            "weir_request_duration_seconds",
            "Time from the end of a request's head to its response's last byte.",
            "pool"),
    REQUEST_FAILURES(
            Type.COUNTER,
            "weir_request_failures_total",
            "Requests that the balancer had to answer by itself, by RFC 9209 error type.",
            "pool",
            "error"),
    RETRIES(
            Type.COUNTER,
            "weir_retries_total",
            "What became of a failed attempt's request: tried again, or why not.",
            "pool",
            "reason",
            "result"),
    REQUESTS_SAVED(
            Type.COUNTER,
            "weir_requests_saved_total",
            "Requests that got a backend's answer after an attempt had failed.",
            "pool"),
    QUEUED_REQUESTS(Type.GAUGE, "weir_queued_requests", "Requests that wait for a backend to have room.", "pool"),
    QUEUE_TIMEOUTS(Type.COUNTER, "weir_queue_timeouts_total", "Requests that waited too long for room.", "pool"),
    QUEUE_OVERFLOWS(Type.COUNTER, "weir_queue_overflows_total", "Requests that found the queue full.", "pool"),
    RECEIVED_BYTES(Type.COUNTER, "weir_received_bytes_total", "Bytes of requests received from clients.", "pool"),
    SENT_BYTES(Type.COUNTER, "weir_sent_bytes_total", "Bytes of responses sent to clients.", "pool"),

    POOL_BACKENDS(Type.GAUGE, "weir_pool_backends", "Backends of the pool, usable or not.", "pool"),
    POOL_ELIGIBLE(Type.GAUGE, "weir_pool_eligible_backends", "Backends that may get requests at present.", "pool"),
    POOL_PANIC(
            Type.GAUGE,
            "weir_pool_panic",
            "1 if so few backends of a priority tier are usable that health is disregarded.",
            "pool"),

    POOL_MAINTENANCE(
            Type.GAUGE,
            "weir_pool_maintenance",
            "1 while operators keep all requests from the pool's backends.",
            "pool"),

    BACKEND_RESPONSES(
            Type.COUNTER,
            "weir_backend_responses_total",
            "Responses of backends by status class.",
            "pool",
            "backend",
            "status"),
    BACKEND_FAILURES(
            Type.COUNTER,
            "weir_backend_failures_total",
            "Failed attempts by RFC 9209 error type.",
            "pool",
            "backend",
            "error"),
    BACKEND_IN_FLIGHT(Type.GAUGE, "weir_backend_requests_in_flight", "Attempts that are under way.", "pool", "backend"),
    BACKEND_REQUEST_SHARE(
            Type.GAUGE,
            "weir_backend_request_share",
            "Attempts that this node may have under way at present, of connections.max-requests; absent without it.",
            "pool",
            "backend"),
    BACKEND_CONNECTIONS(
            Type.GAUGE, "weir_backend_connections", "Connections, open or being opened.", "pool", "backend"),
    BACKEND_CONNECTIONS_OPENED(
            Type.COUNTER, "weir_backend_connections_opened_total", "New connections.", "pool", "backend"),
    BACKEND_CONNECTIONS_REUSED(
            Type.COUNTER,
            "weir_backend_connections_reused_total",
            "Attempts that took a connection which had served before.",
            "pool",
            "backend"),
    BACKEND_IDLE_CLOSED(
            Type.COUNTER,
            "weir_backend_idle_connections_closed_total",
            "Idle connections that the backend closed.",
            "pool",
            "backend"),
    BACKEND_REUSE_RACES(
            Type.COUNTER,
            "weir_backend_reuse_races_total",
            "Attempts that took an idle connection which the backend was just closing.",
            "pool",
            "backend"),
    BACKEND_REUSABLE_IDLE(
            Type.GAUGE,
            "weir_backend_reusable_idle_seconds",
            "Idle time up to which connections are reused, as learned from when the backend closes them.",
            "pool",
            "backend"),
    BACKEND_VIOLATIONS(
            Type.COUNTER,
            "weir_backend_violations_total",
            "What backends did against the rules of HTTP and was put right.",
            "pool",
            "backend",
            "violation"),
    BACKEND_HEALTH(
            Type.GAUGE,
            "weir_backend_health",
            "1 for the state that active checks found: unknown, up or down.",
            "pool",
            "backend",
            "state"),
    BACKEND_ADMIN(
            Type.GAUGE,
            "weir_backend_admin",
            "1 for the state that operators want: enabled, draining or disabled.",
            "pool",
            "backend",
            "state"),
    BACKEND_WEIGHT(
            Type.GAUGE,
            "weir_backend_weight",
            "Its weight, by operators or as configured; a slow start is not in it.",
            "pool",
            "backend"),
    BACKEND_EJECTED(
            Type.GAUGE, "weir_backend_ejected", "1 while failures of real traffic keep it out.", "pool", "backend"),
    BACKEND_SHUNNED(
            Type.GAUGE,
            "weir_backend_shunned",
            "1 while it is out because other nodes took it out.",
            "pool",
            "backend"),
    BACKEND_AGREEMENT(
            Type.GAUGE,
            "weir_backend_agreement",
            "1 for what all balancer nodes together think of it; absent without other nodes.",
            "pool",
            "backend",
            "agreement"),
    BACKEND_ELIGIBLE(Type.GAUGE, "weir_backend_eligible", "1 while it may get requests.", "pool", "backend"),
    BACKEND_EJECTIONS(
            Type.COUNTER,
            "weir_backend_ejections_total",
            "Ejections; not enforced where too few backends would have been left.",
            "pool",
            "backend",
            "enforced"),
    BACKEND_CHECKS(Type.COUNTER, "weir_backend_checks_total", "Active health checks.", "pool", "backend", "result"),
    BACKEND_ADDRESSES(
            Type.GAUGE,
            "weir_backend_addresses",
            "IP addresses that its name is known to mean; without any it gets no requests.",
            "pool",
            "backend"),
    NAME_RESOLUTIONS(
            Type.COUNTER, "weir_name_resolutions_total", "Questions for the addresses of a name.", "name", "result"),

    CLUSTER_CONNECTED(Type.GAUGE, "weir_cluster_connected", "1 while there is a way to other nodes."),
    CLUSTER_SUSPICION(
            Type.GAUGE,
            "weir_cluster_suspects_itself",
            "1 while this node finds most backends down that others find well, and so is not ready."),
    CLUSTER_NODES(Type.GAUGE, "weir_cluster_nodes", "Other nodes, by whether they have just spoken.", "state"),
    CLUSTER_MESSAGES(Type.COUNTER, "weir_cluster_messages_total", "Messages to and from other nodes.", "direction"),
    CLUSTER_BYTES(Type.COUNTER, "weir_cluster_bytes_total", "Bytes of these messages.", "direction"),
    CLUSTER_DROPS(Type.COUNTER, "weir_cluster_drops_total", "What was neither sent nor heeded.", "reason"),

    INCIDENTS_OPEN(Type.GAUGE, "weir_incidents_open", "Incidents that saw a failure within the last five minutes."),
    INCIDENTS(Type.COUNTER, "weir_incidents_total", "Incidents so far."),

    CLIENT_CONNECTIONS(Type.GAUGE, "weir_client_connections", "Open connections of clients.", "listener"),
    CLIENT_CONNECTIONS_ACCEPTED(
            Type.COUNTER, "weir_client_connections_accepted_total", "Connections of clients.", "listener"),
    CLIENT_CONNECTIONS_REJECTED(
            Type.COUNTER,
            "weir_client_connections_rejected_total",
            "Connections closed at once because there were too many.",
            "listener"),
    UNROUTED_REQUESTS(Type.COUNTER, "weir_unrouted_requests_total", "Requests that no route matches."),
    BAD_REQUESTS(
            Type.COUNTER,
            "weir_bad_requests_total",
            "Requests that were malformed, too big or too slow to be routed.",
            "status"),

    EVENT_LOOP_LAG(Type.GAUGE, "weir_event_loop_lag_seconds", "How late the loop's timer fired last.", "loop"),
    EVENT_LOOP_LAG_MAX(
            Type.GAUGE,
            "weir_event_loop_lag_max_seconds",
            "How late the loop's timer fired at most within the last one to two minutes.",
            "loop"),
    EVENT_LOOP_PAUSES(
            Type.HISTOGRAM,
            "weir_event_loop_pauses_seconds",
            "Times of 100 ms and more in which the loop stood still; deadlines are extended by them.",
            "loop"),
    OWN_FAULTS(
            Type.COUNTER,
            "weir_own_faults_total",
            "Connections to backends that failed for what this node itself lacks: descriptors, ports, memory, permission,"
                    + " route.",
            "kind"),
    NODE_SHORT(
            Type.GAUGE,
            "weir_node_short",
            "1 while this node is short of descriptors or memory, and so not ready.",
            "resource"),
    DIRECT_MEMORY_RESERVED(
            Type.GAUGE,
            "weir_direct_memory_reserved_bytes",
            "Memory outside the heap that the allocator of buffers has taken."),
    DIRECT_MEMORY_MAX(Type.GAUGE, "weir_direct_memory_max_bytes", "Most memory outside the heap that it may take."),
    ACCESS_LOG_DROPPED(
            Type.COUNTER,
            "weir_access_log_dropped_lines_total",
            "Lines of the access log that were lost because its file or pipe was too slow or failed."),
    BUILD_INFO(Type.INFO, "weir_build_info", "This version.", "version"),
    TRANSPORT_INFO(Type.INFO, "weir_transport_info", "The socket implementation.", "transport"),
    CONFIG_LOADED(
            Type.GAUGE,
            "weir_config_loaded_timestamp_seconds",
            "When the configuration in use was loaded, in seconds since 1970.");

    enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        INFO
    }

    private final Type type;
    private final String fullName;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> labels;

    Meter(Type type, String fullName, String help, String... labels) {
        this.type = type;
        this.fullName = fullName;
        this.help = help;
        this.labels = List.of(labels);
    }

    Type type() {
        return type;
    }

    /** As scraped in the Prometheus text format. */
    String fullName() {
        return fullName;
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
