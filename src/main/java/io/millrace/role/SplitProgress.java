package io.millrace.role;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.spec.Spec;
import io.millrace.split.Seen;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/// What the tasks of a split remember and have dropped, as of their last commit: for `/metrics` and for people. Counts
/// go on over crashes and restarts, as they are committed with the events. Written by stream threads, read by any.
public final class SplitProgress {
    private record Snapshot(long ids, long duplicates, long forgotten) {}

    private final Map<Integer, Snapshot> partitions = new ConcurrentHashMap<>();

    SplitProgress(Spec spec, String lineage, MeterRegistry meters) {
        if (spec.split().dedupe().isPresent()) {
            gauge(spec, lineage, meters, "millrace.split.duplicates", Snapshot::duplicates);
            gauge(spec, lineage, meters, "millrace.split.ids", Snapshot::ids);
            gauge(spec, lineage, meters, "millrace.split.forgotten", Snapshot::forgotten);
        }
    }

    private void gauge(Spec spec, String lineage, MeterRegistry meters, String name, ToLongFunction<Snapshot> value) {
        Gauge.builder(name, () -> sum(value))
                .tag("model", spec.model())
                .tag("lineage", lineage)
                .register(meters);
    }

    private long sum(ToLongFunction<Snapshot> value) {
        return partitions.values().stream().mapToLong(value).sum();
    }

    void update(int partition, Seen seen) {
        partitions.put(partition, new Snapshot(seen.size(), seen.duplicates(), seen.forgotten()));
    }

    /// A partition is another process's now.
    void gone(int partition) {
        partitions.remove(partition);
    }

    /// Events dropped, since the first, of the partitions that this process has.
    public long duplicates() {
        return sum(Snapshot::duplicates);
    }

    /// Ids forgotten before their time, of the same.
    public long forgotten() {
        return sum(Snapshot::forgotten);
    }
}
