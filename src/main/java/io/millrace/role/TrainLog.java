package io.millrace.role;

import io.millrace.schema.Block;
import io.millrace.schema.Control;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecDifference;
import io.millrace.spec.SpecReader;

/// The log that a trainer learns: that of its own lineage, or that of another which holds the same examples.
///
/// @param topic of the blocks
/// @param owner the lineage that writes them
/// @param specHash of the owner's spec
record TrainLog(String topic, String owner, long specHash) {
    /// Looks up how the log begins; reads the train topic only: a trainer needs no right to read the others.
    ///
    /// @throws RoleException if it was written under a spec that does not suit
    static TrainLog of(Spec spec, RoleSettings settings) {
        var owner = settings.blocks();
        var topic = spec.topic(owner, "train");
        var first = BlockTopic.first(settings.client(), topic);
        if (owner.equals(settings.lineage())) {
            first.ifPresent(record -> LogOpening.check(topic, record, spec.hash(), owner));
            return new TrainLog(topic, owner, spec.hash());
        }
        var opening = LogOpening.control(
                topic,
                first.orElseThrow(() -> new RoleException(topic + " has no record yet: expected the split of lineage "
                        + owner + " to have begun, as " + settings.lineage() + " learns from its blocks")));
        SpecDifference.ofExamples(SpecReader.ofJson(opening.getSpec()), spec).ifPresent(difference -> {
            throw new RoleException(settings.lineage() + " can't learn from the blocks of " + owner + ": " + difference
                    + ", as " + topic + " was written. Go back to that, or start a lineage with blocks of its own");
        });
        return new TrainLog(topic, owner, opening.getSpecHash());
    }

    /// @throws RoleException if a control record is of another lineage or spec
    void check(Control control) {
        LogOpening.check(topic, new TrainRecord(control), specHash, owner);
    }

    /// @throws RoleException if a block is of another lineage or spec than the log it stands in
    void check(long offset, Block block) {
        if (!block.getLineage().equals(owner) || block.getSpecHash() != specHash) {
            throw new RoleException(topic + " offset " + offset + ": block of lineage " + block.getLineage() + ", spec "
                    + LogOpening.hex(block.getSpecHash()) + ": expected " + owner + ", spec "
                    + LogOpening.hex(specHash));
        }
    }
}
