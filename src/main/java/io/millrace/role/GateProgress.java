package io.millrace.role;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.schema.Champion;
import io.millrace.schema.ChampionMode;
import io.millrace.spec.Spec;
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
    /// @param unscored validation examples that no version may predict
    public record Snapshot(Champion champion, long decisions, long judgements, long unscored) {}

    private volatile Snapshot snapshot;

    GateProgress(Spec spec, String lineage, MeterRegistry meters) {
        snapshot = new Snapshot(GateRecords.first(lineage), 0, 0, 0);
        gauge(meters, spec, "millrace.gate.decisions", () -> snapshot.decisions);
        gauge(meters, spec, "millrace.gate.judgements", () -> snapshot.judgements);
        gauge(meters, spec, "millrace.gate.unscored", () -> snapshot.unscored);
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
    }

    public Snapshot snapshot() {
        return snapshot;
    }
}
