package io.millrace.role;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;

import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/// The least rights of everyone who works with a model, as data: what Kafka's own authorizer must allow, and nothing
/// that is not used.
///
/// - Read, Write and Delete imply Describe, so Describe stands only where there is nothing else.
/// - No right to the cluster is needed: idempotent and transactional producers may do with their topics.
/// - Kafka Streams makes the changelogs itself, each as its store wants it; so these roles may create that one topic.
/// - **Source**: Kafka's documentation, *Security*, *Operations and resources on protocols*.
public final class Rights {
    /// Who has rights: a role, or somebody who uses commands.
    public enum Party {
        TOPICS("makes the topics: millrace topics"),
        SPLIT("role split: events to blocks"),
        TRAIN("role train: blocks to versions; may read neither validation nor test"),
        GATE("role gate: says what serves; the only one who may write that"),
        SCORE("role score: events to predictions"),
        SERVE("role serve: answers requests; may write nothing"),
        OPERATOR("asks the gate: millrace models, millrace candidate"),
        AUDITOR("computes decisions again: millrace models verify"),
        EVALUATOR("looks at validation and test, on record: millrace evaluate"),
        REPLAYER("learns anew from the log: millrace replay"),
        PRODUCER("sends events: millrace produce, or any producer"),
        CONSUMER("reads predictions: millrace consume, or any consumer without a group"),
        CARETAKER("reads dead letters: millrace consume --dead-letters");

        private final String does;

        Party(String does) {
            this.does = does;
        }

        /// What it does, in a few words.
        public String does() {
            return does;
        }

        /// Its name in lower case, such as `split`.
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// Operations on one resource, or on all whose names begin alike.
    ///
    /// @param name of the resource; with [PatternType#PREFIXED] how it begins
    /// @param why this is needed, where its name does not tell; else empty
    public record Right(
            ResourceType type, String name, PatternType pattern, List<AclOperation> operations, String why) {
        public Right {
            operations = List.copyOf(operations);
        }
    }

    private final Spec spec;
    private final String lineage;
    private final String blocks;
    private final Map<Party, List<Right>> all = new EnumMap<>(Party.class);

    /// @param blocks the lineage whose blocks are learned from; another than `lineage` needs no split of its own
    public Rights(Spec spec, String lineage, String blocks) {
        this.spec = spec;
        this.lineage = lineage;
        this.blocks = blocks;
        for (var party : Party.values()) {
            all.put(party, new ArrayList<>());
        }
        topics();
        if (blocks.equals(lineage)) {
            split();
        }
        train();
        gate();
        followers();
        people();
    }

    /// The rights of one party; none where it has nothing to do.
    public List<Right> of(Party party) {
        return List.copyOf(rights(party));
    }

    private List<Right> rights(Party party) {
        return Objects.requireNonNull(all.get(party));
    }

    private void topics() {
        var events = spec.events().topic();
        literal(Party.TOPICS, ResourceType.TOPIC, events, "where it is missing", CREATE, DESCRIBE);
        prefixed(Party.TOPICS, ResourceType.TOPIC, spec.model() + ".", "all topics of the model", CREATE, DESCRIBE);
    }

    private void split() {
        var party = Party.SPLIT;
        topic(party, spec.events().topic(), "", READ);
        for (var split : io.millrace.split.Split.values()) {
            topic(party, own(split.word()), "reads at its start where it had got to", READ, WRITE);
        }
        topic(party, spec.topic("dead-letters"), "", WRITE);
        if (ById.isUsed(spec)) {
            topic(
                    party,
                    ById.topic(spec, lineage),
                    "its own, where ids meet; what it has read goes",
                    READ,
                    WRITE,
                    DELETE);
        }
        if (spec.split().dedupe().isPresent()) {
            topic(party, SeenStore.changelog(spec, lineage), "the ids it remembers", CREATE, READ, WRITE);
        }
        decisions(party);
        streams(party, "split");
        literal(party, ResourceType.TRANSACTIONAL_ID, own("open"), "opens the three logs at once", WRITE);
    }

    private void train() {
        var party = Party.TRAIN;
        topic(party, spec.topic(blocks, "train"), "", READ);
        topic(
                party,
                own("versions"),
                "lets old versions go: Kafka has one right for deleting records and their topic",
                WRITE,
                DELETE);
        topic(party, own("metrics"), "", WRITE);
        topic(party, CellStore.changelog(spec, lineage), "what it has learned", CREATE, READ, WRITE);
        topic(party, own("kept"), "made with the others where it is missing", DESCRIBE);
        decisions(party);
        streams(party, "train");
    }

    private void gate() {
        var party = Party.GATE;
        topic(party, spec.topic(blocks, "validation"), "", READ);
        topic(party, own("versions"), "", READ);
        topic(party, own("kept"), "versions it may go back to", READ, WRITE);
        topic(party, spec.topic("commands"), "", READ);
        topic(party, spec.topic("gate"), "its sums", READ, WRITE);
        topic(party, spec.topic("champion"), "what it said last", READ, WRITE);
        topic(party, spec.topic("decisions"), "whether there are any", READ, WRITE);
        topic(party, spec.topic("judgements"), "", WRITE);
        topic(party, own("metrics"), "", WRITE);
        literal(party, ResourceType.GROUP, spec.topic("gate"), "one is active, others stand by", READ);
        literal(party, ResourceType.TRANSACTIONAL_ID, spec.topic("gate"), "", WRITE);
    }

    private void followers() {
        topic(Party.SCORE, spec.events().topic(), "", READ);
        for (var party : List.of(Party.SCORE, Party.SERVE)) {
            topic(party, spec.topic("champion"), "", READ);
            topic(party, own("versions"), "", READ);
            topic(party, own("kept"), "", READ);
        }
        topic(Party.SCORE, spec.topic("predictions"), "", WRITE);
        streams(Party.SCORE, "score");
    }

    private void people() {
        topic(Party.OPERATOR, spec.topic("commands"), "", WRITE);
        topic(Party.OPERATOR, spec.topic("decisions"), "", READ);
        topic(Party.OPERATOR, own("versions"), "models list, models show", READ);
        topic(Party.OPERATOR, own("kept"), "the same of what is pinned or served instead", READ);
        topic(
                Party.OPERATOR,
                spec.topic("gate"),
                "models list, candidate: what serves, which lineages are judged",
                READ);

        topic(Party.AUDITOR, spec.topic("decisions"), "", READ);
        topic(Party.AUDITOR, spec.topic("judgements"), "", READ);
        topic(Party.AUDITOR, spec.topic(blocks, "validation"), "", READ);
        topic(Party.AUDITOR, own("versions"), "", READ);
        topic(Party.AUDITOR, own("kept"), "", READ);

        for (var word : List.of("validation", "test")) {
            topic(Party.EVALUATOR, spec.topic(blocks, word), "", READ);
        }
        topic(Party.EVALUATOR, own("versions"), "", READ);
        topic(Party.EVALUATOR, own("kept"), "", READ);
        topic(Party.EVALUATOR, own("ledger"), "", READ, WRITE);
        topic(Party.EVALUATOR, own("metrics"), "", WRITE);
        literal(Party.EVALUATOR, ResourceType.TRANSACTIONAL_ID, own("ledger"), "no use goes unrecorded", WRITE);

        topic(Party.REPLAYER, spec.topic(blocks, "train"), "", READ);
        topic(Party.REPLAYER, spec.events().topic(), "only for --read events", READ);

        topic(Party.PRODUCER, spec.events().topic(), "", WRITE);
        topic(Party.CONSUMER, spec.topic("predictions"), "a consumer in a group needs Read of its group too", READ);
        topic(Party.CARETAKER, spec.topic("dead-letters"), "they hold parts of events", READ);
    }

    private String own(String word) {
        return spec.topic(lineage, word);
    }

    private void decisions(Party party) {
        topic(party, spec.topic("decisions"), "ends where its lineage is stopped", READ);
    }

    private void streams(Party party, String word) {
        literal(party, ResourceType.GROUP, own(word), "", READ);
        prefixed(party, ResourceType.TRANSACTIONAL_ID, own(word) + "-", "a process and a thread follow", WRITE);
    }

    private void topic(Party party, String name, String why, AclOperation... operations) {
        literal(party, ResourceType.TOPIC, name, why, operations);
    }

    private void literal(Party party, ResourceType type, String name, String why, AclOperation... operations) {
        rights(party).add(new Right(type, name, LITERAL, List.of(operations), why));
    }

    private void prefixed(Party party, ResourceType type, String name, String why, AclOperation... operations) {
        rights(party).add(new Right(type, name, PREFIXED, List.of(operations), why));
    }
}
