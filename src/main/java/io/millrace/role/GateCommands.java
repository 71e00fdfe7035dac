package io.millrace.role;

import io.millrace.evaluate.Breaker;
import io.millrace.event.Wire;
import io.millrace.model.KeptVersions;
import io.millrace.model.Model;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Command;
import io.millrace.schema.DecisionKind;
import io.millrace.spec.Spec;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// What operators may ask of the gate.
final class GateCommands {
    private final Spec spec;
    private final Map<String, Object> client;
    private final Breaker.Rule rule;
    private final Map<String, JudgedLineage> lineages;
    private final GateLogs logs;
    private final Serving serving;

    GateCommands(
            Spec spec,
            Map<String, Object> client,
            Breaker.Rule rule,
            Map<String, JudgedLineage> lineages,
            GateLogs logs,
            Serving serving) {
        this.spec = spec;
        this.client = client;
        this.rule = rule;
        this.lineages = lineages;
        this.logs = logs;
        this.serving = serving;
    }

    /// Obeys, or refuses with a reason. Every command gets one decision.
    void obey(ConsumerRecord<byte[], byte[]> record) {
        Command command;
        try {
            command = Wire.decode(Command.getDecoder(), record.value());
        } catch (IllegalArgumentException broken) {
            serving.decide(
                    DecisionKind.REFUSE,
                    null,
                    "gate",
                    record.topic() + " offset " + record.offset() + " is no command: " + broken.getMessage(),
                    null);
            return;
        }
        try {
            obey(command);
        } catch (Refusal refused) {
            serving.decide(
                    DecisionKind.REFUSE, command.getId(), command.getBy(), String.valueOf(refused.getMessage()), null);
        }
    }

    /// Why a command can't be obeyed.
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refusal(String why) {
            super(why);
        }
    }

    private void obey(Command command) {
        switch (command.getKind()) {
            case PIN, ROLLBACK -> pin(command);
            case RESUME -> resume(command);
            case PROMOTE -> promote(command);
            case CANDIDATE -> candidate(command);
            case STOP -> stop(command);
        }
    }

    private void pin(Command command) {
        var lineage = judged(command.getLineage());
        var version = command.getVersion();
        Model model;
        if (version == null) {
            model = lineage.anchor;
            if (model == null) {
                throw new Refusal(lineage.lineage
                        + " has no anchor yet, a version that was good for a window of validation examples: name a version,"
                        + " such as " + lineage.lineage + "/1");
            }
        } else {
            model = lineage.recent(version);
            model = model != null
                    ? model
                    : serving.find(lineage.lineage, version)
                            .orElseThrow(
                                    () -> new Refusal(
                                            lineage.lineage + "/" + version
                                                    + " is neither in the versions topic nor kept: `millrace models list` shows what is"));
        }
        serving.serve(ChampionMode.PINNED, lineage, model, command.getBy(), command.getWhy());
        lineage.breaker.restart(false);
        answer(command, DecisionKind.valueOf(command.getKind().name()));
    }

    private void resume(Command command) {
        var lineage = judged(serving.champion().getLineage());
        serving.serve(ChampionMode.FOLLOW, lineage, null, command.getBy(), command.getWhy());
        lineage.breaker.restart(false);
        answer(command, DecisionKind.RESUME);
    }

    private void promote(Command command) {
        var name = Objects.requireNonNullElse(command.getLineage(), "");
        var lineage = lineages.get(name);
        if (KeptVersions.newest(client, existing(name, "versions")).isEmpty()) {
            throw new Refusal(name + " has no version yet: nothing would serve");
        }
        if (lineage == null) {
            lineage = new JudgedLineage(name, Objects.requireNonNullElse(command.getBlocks(), name), rule);
            existing(lineage.blocks, "validation");
            // what was there before it served is not its to answer for
            logs.add(lineage, logs.end(lineage.blocks));
            logs.assign();
        }
        serving.promote(lineage, command.getBy(), command.getWhy());
        answer(command, DecisionKind.PROMOTE);
    }

    /// The name of a topic of a lineage that is there.
    private String existing(String lineage, String word) {
        var topic = spec.topic(lineage, word);
        if (lineage.isEmpty() || !logs.exists(topic)) {
            throw new Refusal("lineage " + lineage + " is not there: expected a topic " + topic);
        }
        return topic;
    }

    private void candidate(Command command) {
        var name = Objects.requireNonNullElse(command.getLineage(), "");
        if (name.equals(serving.champion().getLineage())) {
            throw new Refusal(name + " serves already");
        }
        var blocks = Objects.requireNonNullElse(command.getBlocks(), name);
        if (!blocks.equals(serving.champion().getLineage()) && !blocks.equals(judged(null).blocks)) {
            throw new Refusal("not comparable: " + name + " reads the blocks of " + blocks + ", but "
                    + serving.champion().getLineage() + " is judged on those of " + judged(null).blocks);
        }
        var lineage = lineages.get(name);
        if (lineage == null) {
            lineage = new JudgedLineage(name, judged(null).blocks, rule);
            logs.add(lineage, logs.blockOffset(lineage.blocks));
            logs.assign();
        }
        lineage.candidate = true;
        lineage.target = -1;
        lineage.contest.reset();
        answer(command, DecisionKind.CANDIDATE);
    }

    private void stop(Command command) {
        var lineage = judged(command.getLineage());
        if (lineage.lineage.equals(serving.champion().getLineage())) {
            throw new Refusal(lineage.lineage + " serves: promote another lineage first");
        }
        lineages.remove(lineage.lineage);
        serving.dropAll(lineage);
        logs.assign();
        answer(command, DecisionKind.STOP);
    }

    private JudgedLineage judged(@Nullable String name) {
        var wanted = Objects.requireNonNullElse(name, serving.champion().getLineage());
        var found = lineages.get(wanted);
        if (found == null) {
            throw new Refusal("lineage " + wanted + " is not known to the gate: expected one of "
                    + String.join(", ", lineages.keySet()));
        }
        return found;
    }

    private void answer(Command command, DecisionKind kind) {
        serving.decide(kind, command.getId(), command.getBy(), command.getWhy(), null);
    }
}
