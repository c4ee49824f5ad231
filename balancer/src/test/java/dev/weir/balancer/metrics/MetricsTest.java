package dev.weir.balancer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.failure.ProxyError;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Metrics metrics = new Metrics("1.2.3", () -> 0);
    private final PoolMetrics shop = metrics.pool("shop");

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void whoAsksTwiceGetsTheSameCounters() {
        Backend backend = backend(9001);

        assertThat(metrics.pool("shop")).isSameAs(shop).isNotSameAs(metrics.pool("other"));
        assertThat(metrics.backend("shop", backend)).isSameAs(shop.backend(backend));
        assertThat(shop.backend(backend(9001))).isNotSameAs(shop.backend(backend));
        assertThat(metrics.listener("a:1")).isSameAs(metrics.listener("a:1"));
        assertThat(metrics.eventLoop()).isNotSameAs(metrics.eventLoop());
    }

    @Test
    void responsesFallIntoTheirClassesAndClientsThatLeftIntoOneOfTheirOwn() {
        for (int status : new int[] {101, 200, 204, 301, 404, 498, 499, 500, 502, 599}) {
            shop.response(status, 0);
        }

        assertThat(scraped("weir_responses_total"))
                .containsExactlyInAnyOrder(
                        "weir_responses_total{pool=\"shop\",status=\"1xx\"} 1.0",
                        "weir_responses_total{pool=\"shop\",status=\"2xx\"} 2.0",
                        "weir_responses_total{pool=\"shop\",status=\"3xx\"} 1.0",
                        "weir_responses_total{pool=\"shop\",status=\"499\"} 1.0",
                        "weir_responses_total{pool=\"shop\",status=\"4xx\"} 2.0",
                        "weir_responses_total{pool=\"shop\",status=\"5xx\"} 3.0");
    }

    @Test
    void durationsFallIntoBucketsWhoseBoundsAreInclusive() {
        shop.response(200, 0);
        shop.response(200, 1_000_000);
        shop.response(200, 1_000_001);
        shop.response(200, TimeUnit.SECONDS.toNanos(60));
        shop.response(200, TimeUnit.SECONDS.toNanos(61));

        assertThat(scraped("weir_request_duration_seconds"))
                .contains(
                        "weir_request_duration_seconds_bucket{pool=\"shop\",le=\"0.001\"} 2",
                        "weir_request_duration_seconds_bucket{pool=\"shop\",le=\"0.0025\"} 3",
                        "weir_request_duration_seconds_bucket{pool=\"shop\",le=\"30.0\"} 3",
                        "weir_request_duration_seconds_bucket{pool=\"shop\",le=\"60.0\"} 4",
                        "weir_request_duration_seconds_bucket{pool=\"shop\",le=\"+Inf\"} 5",
                        "weir_request_duration_seconds_count{pool=\"shop\"} 5",
                        "weir_request_duration_seconds_sum{pool=\"shop\"} 121.002000001");
    }

    @Test
    void aFailureThatNeverOccurredIsShownAsZeroSoThatItsFirstOccurrenceIsAnIncrease() {
        shop.failure(ProxyError.CONNECTION_REFUSED);

        assertThat(scraped("weir_request_failures_total"))
                .contains(
                        "weir_request_failures_total{error=\"connection_refused\",pool=\"shop\"} 1.0",
                        "weir_request_failures_total{error=\"http_response_timeout\",pool=\"shop\"} 0.0");
    }

    @Test
    void errorsThatShareATokenShareACounter() {
        assertThat(ProxyError.PROXY_RESOURCES_EXHAUSTED.token()).isEqualTo(ProxyError.PROXY_INTERNAL_ERROR.token());
        shop.failure(ProxyError.PROXY_RESOURCES_EXHAUSTED);
        shop.failure(ProxyError.PROXY_INTERNAL_ERROR);

        assertThat(scraped("weir_request_failures_total"))
                .containsOnlyOnce("weir_request_failures_total{error=\"proxy_internal_error\",pool=\"shop\"} 2.0");
    }

    @Test
    void retriesAreCountedByReasonAndResult() {
        shop.retry(ProxyError.CONNECTION_REFUSED, RetryResult.SUCCESS);
        shop.retry(ProxyError.CONNECTION_REFUSED, RetryResult.SUCCESS);
        shop.retry(ProxyError.HTTP_RESPONSE_TIMEOUT, RetryResult.NOT_SAFE);
        shop.saved();

        assertThat(scraped("weir_retries_total"))
                .containsExactlyInAnyOrder(
                        "weir_retries_total{pool=\"shop\",reason=\"connection_refused\",result=\"success\"} 2.0",
                        "weir_retries_total{pool=\"shop\",reason=\"http_response_timeout\",result=\"not_safe\"} 1.0");
        assertThat(scraped("weir_requests_saved_total"))
                .containsExactly("weir_requests_saved_total{pool=\"shop\"} 1.0");
    }

    @Test
    void theQueueGrowsAndShrinks() {
        shop.queued(1);
        shop.queued(1);
        shop.queued(-1);
        shop.queueTimeout();
        shop.queueOverflow();
        shop.queueOverflow();

        assertThat(scraped("weir_queue"))
                .containsExactlyInAnyOrder(
                        "weir_queued_requests{pool=\"shop\"} 1.0",
                        "weir_queue_timeouts_total{pool=\"shop\"} 1.0",
                        "weir_queue_overflows_total{pool=\"shop\"} 2.0");
    }

    @Test
    void bytesAreSummedUp() {
        shop.received(100);
        shop.received(23);
        shop.sent(4_000_000_000L);
        shop.sent(4_000_000_000L);

        assertThat(scraped("weir_received_bytes_total"))
                .containsExactly("weir_received_bytes_total{pool=\"shop\"} 123.0");
        assertThat(scraped("weir_sent_bytes_total")).containsExactly("weir_sent_bytes_total{pool=\"shop\"} 8.0E9");
    }

    @Test
    void aWatchedPoolShowsTheStatesOfItsBackends() {
        Backend up = backend(9001);
        Backend down = backend(9002);
        Backend draining = backend(9003);
        Backend ejected = backend(9004);
        BackendPool pool = watched(up, down, draining, ejected);
        pool.health(up, Health.UP);
        pool.health(down, Health.DOWN);
        pool.admin(draining, Admin.DRAINING);
        pool.eject(ejected, 1);

        assertThat(states("127.0.0.1:9001"))
                .contains("weir_backend_health state=up 1", "weir_backend_eligible 1")
                .contains("weir_backend_admin state=enabled 1", "weir_backend_ejected 0");
        assertThat(states("127.0.0.1:9002"))
                .contains("weir_backend_health state=down 1", "weir_backend_health state=up 0")
                .contains("weir_backend_eligible 0");
        assertThat(states("127.0.0.1:9003"))
                .contains("weir_backend_health state=unknown 1", "weir_backend_admin state=draining 1")
                .contains("weir_backend_eligible 0");
        assertThat(states("127.0.0.1:9004")).contains("weir_backend_ejected 1", "weir_backend_eligible 0");
        assertThat(scraped("weir_pool"))
                .containsExactlyInAnyOrder(
                        "weir_pool_backends{pool=\"shop\"} 4.0",
                        "weir_pool_eligible_backends{pool=\"shop\"} 1.0",
                        "weir_pool_maintenance{pool=\"shop\"} 0.0",
                        "weir_pool_panic{pool=\"shop\"} 0.0");
    }

    @Test
    void whatOperatorsWantIsShown() {
        Backend one = backend(9001);
        BackendPool pool = watched(one, backend(9002));
        pool.weight(one, 7);
        pool.maintenance(new Maintenance("Back at noon.", Maintenance.OPEN_END));

        assertThat(states("127.0.0.1:9001")).contains("weir_backend_weight 7", "weir_backend_eligible 0");
        assertThat(states("127.0.0.1:9002")).contains("weir_backend_weight 1");
        assertThat(scraped("weir_pool"))
                .contains("weir_pool_maintenance{pool=\"shop\"} 1.0", "weir_pool_eligible_backends{pool=\"shop\"} 0.0");
    }

    @Test
    void aPoolInPanicSaysSo() {
        Backend one = backend(9001);
        Backend other = backend(9002);
        BackendPool pool = pool(0.6, one, other);
        metrics.watch(pool);
        pool.health(one, Health.DOWN);

        assertThat(scraped("weir_pool"))
                .contains("weir_pool_panic{pool=\"shop\"} 1.0", "weir_pool_eligible_backends{pool=\"shop\"} 2.0");
    }

    @Test
    void ejectionsAreCountedOnceEachEvenIfTheyAreProlonged() {
        Backend backend = backend(9001);
        BackendPool pool = watched(backend, backend(9002));
        pool.eject(backend, 1);
        pool.eject(backend, 2);
        pool.recovered(backend);
        pool.eject(backend, 3);
        shop.backend(backend).ejectionNotEnforced();

        assertThat(scraped("weir_backend_ejections_total"))
                .contains(
                        "weir_backend_ejections_total{backend=\"127.0.0.1:9001\",enforced=\"true\",pool=\"shop\"} 2.0",
                        "weir_backend_ejections_total{backend=\"127.0.0.1:9001\",enforced=\"false\",pool=\"shop\"} 1.0");
    }

    @Test
    void whatEventLoopsCountForABackendIsShown() {
        Backend backend = backend(9001);
        watched(backend);
        backend.stats().tryBegin(0);
        backend.stats().response(204);
        backend.stats().openConnection();
        BackendMetrics counters = shop.backend(backend);
        counters.connectionOpened();
        counters.connectionReused();
        counters.failure(ProxyError.CONNECTION_TERMINATED);
        counters.check("success");
        counters.check("success");
        counters.check("http_response_timeout");

        assertThat(states("127.0.0.1:9001"))
                .contains(
                        "weir_backend_requests_in_flight 1",
                        "weir_backend_responses_total status=2xx 1",
                        "weir_backend_responses_total status=5xx 0",
                        "weir_backend_connections 1",
                        "weir_backend_connections_opened_total 1",
                        "weir_backend_connections_reused_total 1",
                        "weir_backend_failures_total error=connection_terminated 1",
                        "weir_backend_checks_total result=success 2",
                        "weir_backend_checks_total result=http_response_timeout 1");
        assertThat(counters.failures()).isEqualTo(Map.of("connection_terminated", 1L));
    }

    @Test
    void aBackendThatIsGoneIsForgottenWithItsCounters() throws InterruptedException {
        ReferenceQueue<Backend> gone = new ReferenceQueue<>();
        Reference<Backend> reference = countedAndDropped(gone);
        System.gc();

        assertThat((Object) gone.remove(PATIENCE.toMillis())).isSameAs(reference);
    }

    private Reference<Backend> countedAndDropped(ReferenceQueue<Backend> queue) {
        Backend backend = backend(9001);
        shop.backend(backend).connectionOpened();
        return new WeakReference<>(backend, queue);
    }

    @Test
    void openConnectionsOfClientsAreThoseThatCameMinusThoseThatLeft() {
        ListenerMetrics listener = metrics.listener("0.0.0.0:8080");
        listener.accepted();
        listener.accepted();
        listener.closed();
        listener.rejected();

        assertThat(scraped("weir_client_connections"))
                .containsExactlyInAnyOrder(
                        "weir_client_connections{listener=\"0.0.0.0:8080\"} 1.0",
                        "weir_client_connections_accepted_total{listener=\"0.0.0.0:8080\"} 2.0",
                        "weir_client_connections_rejected_total{listener=\"0.0.0.0:8080\"} 1.0");
    }

    @Test
    void requestsThatReachNoPoolAreCountedByStatus() {
        metrics.unrouted();
        metrics.badRequest(400);
        metrics.badRequest(431);
        metrics.badRequest(431);
        metrics.badRequest(505);

        assertThat(scraped("weir_unrouted_requests_total")).containsExactly("weir_unrouted_requests_total 1.0");
        assertThat(scraped("weir_bad_requests_total"))
                .containsExactlyInAnyOrder(
                        "weir_bad_requests_total{status=\"400\"} 1.0",
                        "weir_bad_requests_total{status=\"431\"} 2.0",
                        "weir_bad_requests_total{status=\"505\"} 1.0");
    }

    @Test
    void theProcessIntroducesItself() {
        metrics.transport("io_uring");
        metrics.configLoaded(1_763_636_073_500L);
        metrics.accessLog(() -> 42);

        assertThat(scraped("weir_"))
                .contains(
                        "weir_build_info{version=\"1.2.3\"} 1",
                        "weir_transport_info{transport=\"io_uring\"} 1",
                        "weir_config_loaded_timestamp_seconds 1.7636360735E9",
                        "weir_access_log_dropped_lines_total 42.0");
    }

    @Test
    void theJvmIsSeenToo() {
        String text = metrics.scrape(null);

        assertThat(text)
                .contains("\njvm_memory_used_bytes{")
                .contains("\njvm_gc_memory_allocated_bytes_total ")
                .contains("\njvm_threads_live_threads ")
                .contains("\njvm_classes_loaded_classes ")
                .contains("\nprocess_cpu_usage ")
                .contains("\nprocess_files_open_files ")
                .contains("\nprocess_uptime_seconds ");
    }

    @Test
    void theScraperChoosesTheFormat() {
        String openMetrics = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

        assertThat(Metrics.contentType(null)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(Metrics.contentType("*/*")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.scrape(null)).doesNotContain("# EOF");
        assertThat(Metrics.contentType(openMetrics))
                .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(metrics.scrape(openMetrics)).endsWith("# EOF\n");
    }

    @Test
    void countingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BackendMetrics backend = shop.backend(backend(9001));
        ListenerMetrics listener = metrics.listener("0.0.0.0:8080");
        EventLoopMetrics loop = metrics.eventLoop();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 50 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                countEverything(backend, listener, loop, i);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes for 1,000 requests").isZero();
    }

    private void countEverything(BackendMetrics backend, ListenerMetrics listener, EventLoopMetrics loop, int i) {
        listener.accepted();
        loop.tick(i * TimeUnit.MILLISECONDS.toNanos(EventLoopMetrics.TICK_MILLIS));
        shop.queued(1);
        shop.queued(-1);
        backend.connectionOpened();
        backend.connectionReused();
        backend.failure(ProxyError.CONNECTION_REFUSED);
        shop.retry(ProxyError.CONNECTION_REFUSED, RetryResult.SUCCESS);
        shop.failure(ProxyError.CONNECTION_REFUSED);
        shop.saved();
        shop.received(i);
        shop.sent(i);
        shop.response(200, i * 1_000_000L);
        metrics.unrouted();
        metrics.badRequest(400);
        listener.closed();
    }

    /** The samples whose names begin so. */
    private List<String> scraped(String prefix) {
        return metrics.scrape(null)
                .lines()
                .filter(line -> line.startsWith(prefix))
                .toList();
    }

    /** A backend's samples, without the labels that all of them have: {@code name value} or {@code name label=x value}. */
    private List<String> states(String backend) {
        return scraped("weir_backend_").stream()
                .filter(line -> line.contains("backend=\"" + backend + "\""))
                .map(line -> line.replaceAll("(backend|pool)=\"[^\"]*\"", "")
                        .replace("\"", "")
                        .replaceAll("[{},]+", " ")
                        .replaceAll(" +", " ")
                        .replaceAll("\\.0$", ""))
                .toList();
    }

    private BackendPool watched(Backend... backends) {
        BackendPool pool = pool(0, backends);
        metrics.watch(pool);
        return pool;
    }

    private static BackendPool pool(double panicThreshold, Backend... backends) {
        Eligibility.Rules rules = new Eligibility.Rules(null, panicThreshold, 0);
        return new BackendPool("shop", List.of(backends), rules, eligible -> Picker.EMPTY, () -> 0);
    }

    private static Backend backend(int port) {
        return new Backend(new Endpoint("127.0.0.1", port), 1, 0, null, Map.of(), 0);
    }
}
