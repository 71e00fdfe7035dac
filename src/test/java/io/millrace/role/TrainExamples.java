package io.millrace.role;

import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import io.millrace.split.Split;
import java.util.ArrayList;
import java.util.List;

/// What the split makes of events without Kafka: the ids of the training examples, in the order of the events.
final class TrainExamples {
    private TrainExamples() {}

    static List<Long> of(Spec spec, List<byte[]> events) {
        return of(spec, events, Split.TRAIN);
    }

    /// The same of another split.
    static List<Long> of(Spec spec, List<byte[]> events, Split wanted) {
        var indices = spec.numbers().stream().mapToInt(NumberFeature::index).toArray();
        var batch = new Examples(indices.length);
        var ids = new ArrayList<Long>();
        var splitter = spec.splitter("main", spec.events().topic(), 0, (split, block) -> {
            if (split == wanted) {
                Blocks.decode(block, spec.learn().bits(), indices, batch);
                for (var i = 0; i < batch.size; i++) {
                    ids.add(batch.ids[i]);
                }
            }
        });
        for (var i = 0; i < events.size(); i++) {
            splitter.accept(events.get(i), 0, events.get(i).length, i, 0);
        }
        splitter.flush();
        return ids;
    }
}
