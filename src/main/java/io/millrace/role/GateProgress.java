package io.millrace.role;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.model.ChampionFollower;
import io.millrace.schema.Champion;
import io.millrace.schema.ChampionMode;
import io.millrace.spec.Spec;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Where the gate stands, as of its last commit: for people, for `/metrics` and for tests. Written by the gate's
/// thread,
/// read by any.
public final class GateProgress {
    /// One moment of the gate.
    ///
    /// @param champion what serves
    /// @param decisions made since the first
    /// @param judgements validation blocks judged
    /// @param blockOffsets next block of each validation topic, by the lineage that owns it
    /// @param unscored validation examples that no version may predict
    /// @param unpaired examples of candidates with blocks of their own that only one side predicted
    /// @param metrics held-out metrics of what serves, by name
    public record Snapshot(
            Champion champion,
            long decisions,
            long judgements,
            Map<String, Long> blockOffsets,
            long unscored,
            long unpaired,
            Map<String, Double> metrics) {}

    private final MeterRegistry meters;
    private final String model;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private volatile Snapshot snapshot;

    GateProgress(Spec spec, String lineage, MeterRegistry meters) {
        this.meters = meters;
        model = spec.model();
        snapshot = new Snapshot(ChampionFollower.undecided(lineage), 0, 0, Map.of(), 0, 0, Map.of());
        gauge(meters, spec, "millrace.gate.decisions", () -> snapshot.decisions);
        gauge(meters, spec, "millrace.gate.judgements", () -> snapshot.judgements);
        gauge(meters, spec, "millrace.gate.unscored", () -> snapshot.unscored);
        gauge(meters, spec, "millrace.gate.unpaired", () -> snapshot.unpaired);
        gauge(meters, spec, "millrace.gate.tripped", () -> is(ChampionMode.TRIPPED));
        gauge(meters, spec, "millrace.gate.pinned", () -> is(ChampionMode.PINNED));
    }

    private int is(ChampionMode mode) {
        return snapshot.champion.getMode() == mode ? 1 : 0;
    }

    private static void gauge(MeterRegistry meters, Spec spec, String name, Supplier<Number> value) {
        Gauge.builder(name, value).tag("model", spec.model()).register(meters);
    }

    void update(Snapshot snapshot) {
        this.snapshot = snapshot;
        for (var name : snapshot.metrics.keySet()) {
            if (known.add(name)) {
                Gauge.builder("millrace.gate.metric", () -> this.snapshot.metrics.getOrDefault(name, Double.NaN))
                        .tag("model", model)
                        .tag("metric", name)
                        .register(meters);
            }
        }
    }

    public Snapshot snapshot() {
        return snapshot;
    }
}
