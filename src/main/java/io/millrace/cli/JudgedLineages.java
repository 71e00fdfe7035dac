package io.millrace.cli;

import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which lineages the gate judges, and which it was told to judge no longer: what its decisions, taken from the first
/// to
/// the last, come to.
final class JudgedLineages {
    /// The lineage whose blocks each reads.
    private final Map<String, String> blocks = new HashMap<>();
    private final Map<String, Decision> stopped = new HashMap<>();

    void take(Decision decision) {
        var lineage = decision.getLineage();
        if (lineage == null || decision.getBlocks() == null) {
            return;
        }
        if (decision.getKind() == DecisionKind.STOP) {
            blocks.remove(lineage);
            stopped.put(lineage, decision);
        } else {
            blocks.put(lineage, decision.getBlocks());
            stopped.remove(lineage);
        }
    }

    /// The decision that stopped a lineage for good: since then nobody wanted it back. Null where there is none.
    @Nullable
    Decision stopped(String lineage) {
        return stopped.get(lineage);
    }

    /// Whether a lineage is judged that reads the blocks of this one.
    boolean isRead(String owner) {
        return blocks.containsValue(owner);
    }
}
