package io.millrace.replay;

import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.Scoring;
import io.millrace.model.Model;
import io.millrace.schema.Block;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Examples of a block topic by the hashes of their ids; events of one id are examples of one id.
final class ExamplesById {
    private record Place(Examples block, int row) {}

    private final Map<Long, List<Place>> places = new HashMap<>();
    private final Scoring scoring;

    private ExamplesById(Spec spec) {
        scoring = new Scoring(spec.learn(), spec.numbers());
    }

    /// @param spec of the lineage that wrote the topic, or that reads it
    /// @param ids of the examples wanted
    /// @throws ReplayException if the topic does not exist
    static ExamplesById read(Map<String, Object> client, String topic, Spec spec, Set<Long> ids) {
        var found = new ExamplesById(spec);
        var numbers = spec.numbers().stream().mapToInt(NumberFeature::index).toArray();
        try (var log = new LogReader(client, topic)) {
            var partition = log.partitions().getFirst();
            while (log.position(partition) < log.end(partition)) {
                for (var record : log.poll()) {
                    if (Wire.decode(TrainRecord.getDecoder(), record.value()).getBody() instanceof Block block) {
                        var examples = new Examples(numbers.length);
                        Blocks.decode(block, spec.learn().bits(), numbers, examples);
                        found.add(examples, ids);
                    }
                }
            }
        }
        return found;
    }

    private void add(Examples block, Set<Long> ids) {
        for (var row = 0; row < block.size; row++) {
            if (ids.contains(block.ids[row])) {
                places.computeIfAbsent(block.ids[row], _ -> new ArrayList<>(1)).add(new Place(block, row));
            }
        }
    }

    /// Whether a version predicts this, bit for bit, for an example of this id.
    boolean predicts(Model model, long id, float[] prediction) {
        var scalers = model.manifest().getScalers();
        return places.getOrDefault(id, List.of()).stream()
                .anyMatch(place ->
                        Predictions.areSame(scoring.predict(place.block, place.row, model, scalers), prediction));
    }
}
