package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.model.KeptVersions;
import io.millrace.model.Model;
import io.millrace.schema.Champion;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.schema.Evidence;
import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// What serves, the decisions that made it so, and the versions that are kept for it. What has to be written about it
/// waits here for the gate's next commit.
final class Serving {
    private static final Logger log = LoggerFactory.getLogger(Gate.class);

    private final Spec spec;
    private final Map<String, Object> client;
    private final Map<String, JudgedLineage> lineages;

    /// Records of the next transaction, in their order.
    final List<ProducerRecord<byte[], byte[]>> outbox = new ArrayList<>();

    private Champion champion;
    private @Nullable Model pinned;
    private long decisions;

    /// @param lineages judged, by name
    /// @param champion what serves now
    /// @param decisions number of the last one
    Serving(
            Spec spec,
            Map<String, Object> client,
            Map<String, JudgedLineage> lineages,
            Champion champion,
            long decisions) {
        this.spec = spec;
        this.client = client;
        this.lineages = lineages;
        this.champion = champion;
        this.decisions = decisions;
        if (champion.getMode() == ChampionMode.PINNED) {
            pinned = kept(champion.getLineage(), Objects.requireNonNull(champion.getVersion()));
        }
    }

    Champion champion() {
        return champion;
    }

    /// The version that an operator has pinned, or null.
    @Nullable
    Model pinned() {
        return pinned;
    }

    /// Number of the last decision; 0 before the first.
    long decisions() {
        return decisions;
    }

    boolean isLive(JudgedLineage lineage) {
        return lineage.lineage.equals(champion.getLineage());
    }

    /// The lineage that serves, or null where the gate does not judge it.
    @Nullable
    JudgedLineage live() {
        return lineages.get(champion.getLineage());
    }

    boolean isPinned() {
        return champion.getMode() == ChampionMode.PINNED;
    }

    /// A version that the gate may have to go back to.
    ///
    /// @throws RoleException if it is gone
    Model kept(String lineage, long version) {
        return find(lineage, version)
                .orElseThrow(() -> new RoleException(spec.topic(lineage, "kept") + " no longer holds " + lineage + "/"
                        + version
                        + ", which the gate needs to go back to. Restore the topic, or start a new history of the"
                        + " gate: " + GateRecords.anew(spec)));
    }

    /// A version by its number, wherever it still is.
    Optional<Model> find(String lineage, long version) {
        return KeptVersions.find(client, spec.topic(lineage, "kept"), spec.topic(lineage, "versions"), version);
    }

    /// From here on the newest versions of another lineage serve.
    void promote(JudgedLineage winner, String by, String why) {
        winner.candidate = false;
        winner.breaker.restart(false);
        serve(ChampionMode.FOLLOW, winner, null, by, why);
    }

    /// From here on this serves.
    void serve(ChampionMode mode, JudgedLineage lineage, @Nullable Model version, String by, String why) {
        var before = pinned;
        if (!isLive(lineage)) {
            lineages.values().forEach(JudgedLineage::beginContest); // each was compared with what served until now
        }
        champion = new Champion(
                lineage.lineage,
                mode,
                version == null ? null : version.manifest().getVersion(),
                by,
                why,
                decisions + 1);
        pinned = mode == ChampionMode.PINNED ? version : null;
        if (pinned != null) {
            keep(lineage, pinned);
        }
        if (before != null && before != pinned) {
            var old = lineages.get(before.manifest().getLineage());
            if (old != null) {
                dropUnneeded(old);
            }
        }
        tell();
    }

    /// Writes what serves, for servers to read.
    void tell() {
        outbox.add(new ProducerRecord<>(
                spec.topic("champion"), 0, GateRecords.KEY, Wire.encode(Champion.getEncoder(), champion)));
    }

    /// From here on serving goes back to this version, if it has to.
    void setAnchor(JudgedLineage lineage, Model anchor) {
        lineage.anchor = anchor;
        keep(lineage, anchor);
        dropUnneeded(lineage);
    }

    /// Writes a version whole, so that it outlives the versions topic.
    private void keep(JudgedLineage lineage, Model model) {
        var version = model.manifest().getVersion();
        if (!lineage.kept.containsKey(version)) {
            var records = KeptVersions.keep(spec.topic(lineage.lineage, "kept"), model);
            outbox.addAll(records);
            lineage.kept.put(version, records.size() - 1);
        }
    }

    private void dropUnneeded(JudgedLineage lineage) {
        lineage.kept.entrySet().removeIf(entry -> {
            var needed = is(lineage.anchor, lineage, entry.getKey()) || is(pinned, lineage, entry.getKey());
            if (!needed) {
                outbox.addAll(KeptVersions.drop(spec.topic(lineage.lineage, "kept"), entry.getKey(), entry.getValue()));
            }
            return !needed;
        });
    }

    /// Nothing of a lineage is kept any longer.
    void dropAll(JudgedLineage lineage) {
        lineage.kept.forEach((version, chunks) ->
                outbox.addAll(KeptVersions.drop(spec.topic(lineage.lineage, "kept"), version, chunks)));
    }

    private static boolean is(@Nullable Model model, JudgedLineage lineage, long version) {
        return model != null
                && model.manifest().getLineage().equals(lineage.lineage)
                && model.manifest().getVersion() == version;
    }

    /// Writes down what was decided; what serves must have been set before.
    ///
    /// @param about the lineage it is about; null where a command is refused
    /// @param command id of the command answered, or null
    void decide(
            DecisionKind kind,
            @Nullable JudgedLineage about,
            @Nullable String command,
            String by,
            String why,
            @Nullable Evidence evidence) {
        decisions++;
        var live = live();
        var anchor = live == null || live.anchor == null
                ? null
                : live.anchor.manifest().getVersion();
        var decision = Decision.newBuilder()
                .setNumber(decisions)
                .setKind(kind)
                .setTime(System.currentTimeMillis())
                .setCommand(command)
                .setBy(by)
                .setWhy(why)
                .setChampion(champion)
                .setAnchor(anchor)
                .setEvidence(evidence)
                .setLineage(about == null ? null : about.lineage)
                .setBlocks(about == null ? null : about.blocks)
                .build();
        outbox.add(
                new ProducerRecord<>(spec.topic("decisions"), 0, null, Wire.encode(Decision.getEncoder(), decision)));
        log.atLevel(level(kind))
                .addKeyValue("decision", decisions)
                .addKeyValue("kind", kind)
                .addKeyValue("by", by)
                .addKeyValue("why", why)
                .log("decided");
    }

    private static Level level(DecisionKind kind) {
        return switch (kind) {
            case TRIP -> Level.WARN;
            case ANCHOR -> Level.DEBUG; // a new one comes as a matter of course
            default -> Level.INFO;
        };
    }
}
