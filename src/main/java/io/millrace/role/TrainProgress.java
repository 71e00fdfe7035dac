package io.millrace.role;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.spec.Spec;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Where a trainer stands, as of its last commit: for people, for `/metrics` and for tests. Written by the stream
/// thread, read by any.
public final class TrainProgress {
    /// One moment of a trainer.
    ///
    /// @param logOffset offset in the train topic after the last block learned
    /// @param examples learned
    /// @param version last version published; 0 before the first
    /// @param digest sum of the mixed weights
    /// @param metrics progressive metrics by name
    /// @param lane that is served
    /// @param kernel what learns
    /// @param device what it runs on
    /// @param examplesPerSecond of the time spent learning in this process
    public record Snapshot(
            long logOffset,
            long examples,
            long version,
            long digest,
            long refused,
            Map<String, Double> metrics,
            int lane,
            String kernel,
            String device,
            double examplesPerSecond) {}

    private final MeterRegistry meters;
    private final String model;
    private final String lineage;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final AtomicLong withheld = new AtomicLong();
    private volatile Snapshot snapshot = new Snapshot(0, 0, 0, 0, 0, Map.of(), 0, "", "", 0);

    TrainProgress(Spec spec, String lineage, MeterRegistry meters) {
        this.meters = meters;
        this.lineage = lineage;
        model = spec.model();
        gauge("millrace.train.examples", () -> snapshot.examples);
        gauge("millrace.train.version", () -> snapshot.version);
        gauge("millrace.train.log.offset", () -> snapshot.logOffset);
        gauge("millrace.train.refused", () -> snapshot.refused);
        gauge("millrace.train.lane", () -> snapshot.lane);
        gauge("millrace.train.withheld", withheld::get);
        gauge("millrace.train.examples.per.second", () -> snapshot.examplesPerSecond);
    }

    private void gauge(String name, java.util.function.Supplier<Number> value) {
        Gauge.builder(name, value).tag("model", model).tag("lineage", lineage).register(meters);
    }

    void update(CellStore store) {
        var trainer = store.trainer();
        snapshot = new Snapshot(
                store.logOffset,
                trainer.examples(),
                store.version,
                store.trainer().digest(),
                trainer.refused(),
                Map.copyOf(trainer.metrics()),
                trainer.lane(),
                trainer.kernel(),
                trainer.device(),
                trainer.examplesPerSecond());
        // its labels are what it tells; a task that comes back from elsewhere has the same
        if (known.add(snapshot.kernel + " on " + snapshot.device)) {
            Gauge.builder("millrace.train.kernel", () -> 1)
                    .tag("model", model)
                    .tag("lineage", lineage)
                    .tag("kernel", snapshot.kernel)
                    .tag("device", snapshot.device)
                    .register(meters);
        }
        for (var name : snapshot.metrics.keySet()) {
            if (known.add(name)) {
                Gauge.builder("millrace.train.metric", () -> snapshot.metrics.getOrDefault(name, Double.NaN))
                        .tag("model", model)
                        .tag("lineage", lineage)
                        .tag("metric", name)
                        .register(meters);
            }
        }
    }

    /// A version was not published because a weight was not finite.
    void withheld() {
        withheld.incrementAndGet();
    }

    public Snapshot snapshot() {
        return snapshot;
    }
}
