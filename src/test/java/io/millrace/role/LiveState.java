package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.learn.GroupFolds;
import io.millrace.learn.Trainer;
import io.millrace.model.CellCodec;
import io.millrace.schema.StateGroups;
import io.millrace.schema.StateHeader;
import io.millrace.schema.StatePage;
import io.millrace.schema.StateRecord;
import io.millrace.spec.Spec;

/// The state of a live trainer as its changelog has it: what a restart would go on from.
///
/// @param digestOfCells as a plain loop over them has it
/// @param digest of cells and groups, as a trainer that has taken them up
/// @param groups that it says a fold of; 0 where none is remembered
record LiveState(StateHeader header, long digestOfCells, long digest, int groups) {
    static LiveState of(String servers, Spec spec, String lineage) {
        var trainer = new Trainer(spec.learn(), spec.numbers());
        StateHeader header = null;
        for (var record : TestBroker.readAll(servers, spec.topic(lineage, "train") + "-cells-changelog")) {
            var body = Wire.decode(StateRecord.getDecoder(), record.value()).getBody();
            if (body instanceof StatePage page) {
                CellCodec.decode(page, trainer.cells());
            } else if (body instanceof StateGroups page) {
                trainer.groups().orElseThrow().restore(page);
            } else if (body instanceof StateHeader latest) {
                header = latest;
            }
        }
        var groups = trainer.groups().map(GroupFolds::size).orElse(0);
        return new LiveState(header, digest(trainer), trainer.digest(), groups);
    }

    private static long digest(Trainer trainer) {
        long sum = 0;
        var cells = trainer.cells();
        var weights = cells.lanes > 1 ? cells.lanes : cells.parameters;
        for (var number = 0; number < weights * cells.count; number++) {
            var at = number / weights * cells.stride + number % weights * (cells.lanes > 1 ? 1 : cells.each);
            sum += io.millrace.learn.Cells.mix(number, cells.data[at]);
        }
        return sum;
    }
}
