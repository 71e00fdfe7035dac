package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.learn.Trainer;
import io.millrace.model.CellCodec;
import io.millrace.schema.StateHeader;
import io.millrace.schema.StatePage;
import io.millrace.schema.StateRecord;
import io.millrace.spec.Spec;

/// The state of a live trainer as its changelog has it: what a restart would go on from.
record LiveState(StateHeader header, long digestOfCells) {
    static LiveState of(String servers, Spec spec, String lineage) {
        var trainer = new Trainer(spec.learn(), spec.numbers());
        StateHeader header = null;
        for (var record : TestBroker.readAll(servers, spec.topic(lineage, "train") + "-cells-changelog")) {
            var body = Wire.decode(StateRecord.getDecoder(), record.value()).getBody();
            if (body instanceof StatePage page) {
                CellCodec.decode(page, trainer.cells());
            } else if (body instanceof StateHeader latest) {
                header = latest;
            }
        }
        return new LiveState(header, digest(trainer));
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
