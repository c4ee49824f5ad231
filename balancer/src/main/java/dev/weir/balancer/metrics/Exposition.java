package dev.weir.balancer.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The values of one scrape, collected meter by meter. Not thread-safe. */
final class Exposition {
    private final Map<Meter, List<DataPointSnapshot>> points = new EnumMap<>(Meter.class);

    /** @param value exact up to 2^53, as everything in Prometheus */
    void add(Meter meter, long value, String... labelValues) {
        add(meter, (double) value, labelValues);
    }

    /** @param labelValues in the order of the meter's labels */
    void add(Meter meter, double value, String... labelValues) {
        Labels labels = labels(meter, labelValues);
        add(
                meter,
                switch (meter.type()) {
                    case COUNTER -> new CounterDataPointSnapshot(value, labels, null, 0);
                    case GAUGE -> new GaugeDataPointSnapshot(value, labels, null);
                    case INFO, HISTOGRAM -> throw new IllegalArgumentException(meter + " is no single number");
                });
    }

    void add(Meter meter, DurationHistogram histogram, String... labelValues) {
        add(
                meter,
                HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(histogram.buckets())
                        .sum(histogram.sumSeconds())
                        .labels(labels(meter, labelValues))
                        .build());
    }

    void info(Meter meter, String... labelValues) {
        add(meter, new InfoDataPointSnapshot(labels(meter, labelValues)));
    }

    MetricSnapshots snapshots() {
        List<MetricSnapshot> snapshots = new ArrayList<>(points.size());
        points.forEach((meter, values) -> snapshots.add(snapshot(meter, values)));
        return new MetricSnapshots(snapshots);
    }

    private void add(Meter meter, DataPointSnapshot point) {
        points.computeIfAbsent(meter, first -> new ArrayList<>()).add(point);
    }

    private static Labels labels(Meter meter, String... values) {
        return Labels.of(meter.labels(), List.of(values));
    }

    private static MetricSnapshot snapshot(Meter meter, List<DataPointSnapshot> points) {
        return switch (meter.type()) {
            case COUNTER ->
                new CounterSnapshot(metadata(meter, "_total"), cast(CounterDataPointSnapshot.class, points));
            case GAUGE -> new GaugeSnapshot(metadata(meter, ""), cast(GaugeDataPointSnapshot.class, points));
            case HISTOGRAM ->
                new HistogramSnapshot(metadata(meter, ""), cast(HistogramDataPointSnapshot.class, points));
            case INFO -> new InfoSnapshot(metadata(meter, "_info"), cast(InfoDataPointSnapshot.class, points));
        };
    }

    /** @param suffix which the format's writer appends */
    private static MetricMetadata metadata(Meter meter, String suffix) {
        String name = meter.fullName();
        return new MetricMetadata(name.substring(0, name.length() - suffix.length()), meter.help());
    }

    private static <T> List<T> cast(Class<T> type, List<DataPointSnapshot> points) {
        return points.stream().map(type::cast).toList();
    }
}
