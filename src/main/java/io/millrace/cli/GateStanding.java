package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.model.ChampionFollower;
import io.millrace.schema.Champion;
import io.millrace.schema.GateState;
import io.millrace.schema.LineageState;
import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What serves and which lineages are judged, as the gate committed last.
///
/// @param isKnown whether the gate has committed anything; before it has, what serves is up to each server
/// @param lineages that are judged; none before the gate's first commit
record GateStanding(boolean isKnown, Champion champion, List<LineageState> lineages) {
    static GateStanding read(Broker kafka, Map<String, Object> client, Spec spec) {
        var states = new ArrayList<GateState>(1);
        if (!kafka.ends(spec.topic("gate")).isEmpty()) {
            try (var reader = TopicReader.glance(client, spec.topic("gate"))) {
                reader.read(record -> {
                    states.clear();
                    states.add(Wire.decode(GateState.getDecoder(), record.value()));
                    return true;
                });
            }
        }
        return states.isEmpty()
                ? new GateStanding(false, ChampionFollower.undecided("main"), List.of())
                : new GateStanding(
                        true, states.getFirst().getChampion(), states.getFirst().getLineages());
    }

    boolean serves(String lineage) {
        return champion.getLineage().equals(lineage);
    }

    /// What stands behind a version that serves; nothing behind others, and where the gate has not said.
    ///
    /// @param newest number of the newest version of the lineage
    String mark(String lineage, long version, long newest) {
        var named = champion.getVersion();
        if (!isKnown || !serves(lineage) || version != (named == null ? newest : named)) {
            return "";
        }
        return switch (champion.getMode()) {
            case FOLLOW -> "  serving";
            case TRIPPED -> "  serving, as the gate has tripped";
            case PINNED -> "  serving, pinned by " + champion.getBy();
        };
    }

    /// A lineage that is judged.
    Optional<LineageState> lineage(String name) {
        return lineages.stream().filter(each -> each.getLineage().equals(name)).findFirst();
    }

    /// The lineage whose blocks the champion reads.
    String blocks() {
        return lineage(champion.getLineage()).map(LineageState::getBlocks).orElse(champion.getLineage());
    }

    /// Another lineage that is judged and reads the blocks of this one.
    Optional<String> reader(String owner) {
        return lineages.stream()
                .filter(each ->
                        each.getBlocks().equals(owner) && !each.getLineage().equals(owner))
                .map(LineageState::getLineage)
                .findFirst();
    }
}
