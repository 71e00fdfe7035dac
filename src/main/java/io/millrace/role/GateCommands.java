package io.millrace.role;

import io.millrace.evaluate.Breaker;
import io.millrace.event.Wire;
import io.millrace.model.KeptVersions;
import io.millrace.model.Model;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Command;
import io.millrace.schema.DecisionKind;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecDifference;
import io.millrace.spec.SpecException;
import io.millrace.spec.SpecReader;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
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
                    DecisionKind.REFUSE,
                    null,
                    command.getId(),
                    command.getBy(),
                    String.valueOf(refused.getMessage()),
                    null);
        } catch (TopicAuthorizationException denied) {
            // to begin anew would not help: the command would be there again
            serving.decide(
                    DecisionKind.REFUSE,
                    null,
                    command.getId(),
                    command.getBy(),
                    "the gate has no right to " + String.join(", ", new TreeSet<>(denied.unauthorizedTopics()))
                            + ": expected a lineage that is there, and the rights that `millrace topics acls --lineage` tells",
                    null);
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
        answer(command, DecisionKind.valueOf(command.getKind().name()), lineage);
    }

    private void resume(Command command) {
        var lineage = judged(serving.champion().getLineage());
        serving.serve(ChampionMode.FOLLOW, lineage, null, command.getBy(), command.getWhy());
        lineage.breaker.restart(false);
        answer(command, DecisionKind.RESUME, lineage);
    }

    private void promote(Command command) {
        var name = Objects.requireNonNullElse(command.getLineage(), "");
        var lineage = lineages.get(name);
        var newest = KeptVersions.newest(client, existing(name, "versions"))
                .orElseThrow(() -> new Refusal(name + " has no version yet: nothing would serve"));
        checkKind(newest);
        if (lineage == null) {
            if (command.getBlocks() == null && !logs.exists(spec.topic(name, "validation"))) {
                throw new Refusal(name + " is not judged, and has no blocks of its own: begin with"
                        + " `millrace candidate start " + name + "`");
            }
            lineage = new JudgedLineage(
                    name,
                    Objects.requireNonNullElse(command.getBlocks(), name),
                    rule,
                    spec.learn().outcome());
            existing(lineage.blocks, "validation");
            // what was there before it served is not its to answer for
            logs.add(lineage, logs.end(lineage.blocks));
            logs.assign();
        }
        serving.promote(lineage, command.getBy(), command.getWhy());
        answer(command, DecisionKind.PROMOTE, lineage);
    }

    /// What serves must predict what the gate judges by.
    private void checkKind(Model model) {
        var other = model.spec();
        if (!other.label().equals(spec.label())
                || !other.learn().outcome().isLike(spec.learn().outcome())) {
            throw new Refusal(model.manifest().getLineage() + " predicts another label: its `label` and the kind of its"
                    + " `learn.loss` must be those that " + spec.model() + " is judged by");
        }
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
        var live = judged(null);
        if (name.equals(live.lineage)) {
            throw new Refusal(name + " serves already");
        }
        var blocks = Objects.requireNonNullElse(command.getBlocks(), name);
        checkComparable(live, blocks, spec(command));
        existing(name, "versions");
        existing(blocks, "validation");
        var lineage = lineages.get(name);
        if (lineage == null) {
            lineage = new JudgedLineage(name, blocks, rule, spec.learn().outcome());
            // it is judged on what comes, beside the champion
            logs.add(lineage, logs.end(blocks));
            logs.assign();
        } else if (!lineage.blocks.equals(blocks)) {
            throw new Refusal(
                    name + " is judged on the blocks of " + lineage.blocks + ", not of " + blocks + ": stop it first");
        }
        if (!lineage.candidate) {
            lineage.candidate = true;
            lineage.beginContest();
        }
        answer(command, DecisionKind.CANDIDATE, lineage);
    }

    private static Spec spec(Command command) {
        var json = command.getSpec();
        if (json == null) {
            throw new Refusal(command.getLineage() + " came without a spec: expected that of the candidate");
        }
        try {
            return SpecReader.ofJson(json);
        } catch (SpecException broken) {
            throw new Refusal("the spec of " + command.getLineage() + " can't be read: " + broken.getMessage());
        }
    }

    /// The two must predict the same thing for the same groups.
    private void checkComparable(JudgedLineage live, String blocks, Spec candidate) {
        var champion = KeptVersions.newest(client, spec.topic(live.lineage, "versions"))
                .orElseThrow(() -> new Refusal(live.lineage + " has no version yet: nothing to compare with"))
                .spec();
        SpecDifference.ofJudging(champion, candidate)
                .or(() ->
                        blocks.equals(live.blocks) ? SpecDifference.ofExamples(champion, candidate) : Optional.empty())
                .ifPresent(difference -> {
                    throw new Refusal("not comparable: " + difference + ", as " + live.lineage + " has it");
                });
    }

    private void stop(Command command) {
        var lineage = judged(command.getLineage());
        if (lineage.lineage.equals(serving.champion().getLineage())) {
            throw new Refusal(lineage.lineage + " serves: promote another lineage first");
        }
        serving.dropAll(lineage);
        logs.remove(lineage);
        answer(command, DecisionKind.STOP, lineage);
    }

    private JudgedLineage judged(@Nullable String name) {
        var wanted = Objects.requireNonNullElse(name, serving.champion().getLineage());
        var found = lineages.get(wanted);
        if (found == null) {
            throw new Refusal("lineage " + wanted + " is not judged, or no longer: expected one of "
                    + String.join(", ", lineages.keySet()));
        }
        return found;
    }

    private void answer(Command command, DecisionKind kind, JudgedLineage about) {
        serving.decide(kind, about, command.getId(), command.getBy(), command.getWhy(), null);
    }
}
