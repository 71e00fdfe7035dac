package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.Trainer;
import io.millrace.schema.Block;
import io.millrace.schema.TrainRecord;
import io.millrace.schema.TrainerState;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// What a block topic says: its examples in order, and what a trainer that reads nothing else learns from them.
final class LogReplay {
    final List<Long> ids = new ArrayList<>();
    final List<Long> groups = new ArrayList<>();
    final List<Block> blocks = new ArrayList<>();
    private final Trainer trainer;
    /// Offset after the last block.
    long end;

    LogReplay(Spec spec, List<ConsumerRecord<byte[], byte[]>> log) {
        trainer = new Trainer(spec.learn(), spec.numbers());
        var indices = spec.numbers().stream().mapToInt(NumberFeature::index).toArray();
        var batch = new Examples(indices.length);
        for (var record : log) {
            if (Wire.decode(TrainRecord.getDecoder(), record.value()).getBody() instanceof Block block) {
                Blocks.decode(block, spec.learn().bits(), indices, batch);
                trainer.learn(batch);
                for (var i = 0; i < batch.size; i++) {
                    ids.add(batch.ids[i]);
                    groups.add(batch.groups[i]);
                }
                blocks.add(block);
                end = record.offset() + 1;
            }
        }
    }

    TrainerState state() {
        return trainer.state();
    }

    long digest() {
        return trainer.digest();
    }

    /// Every weight that is not 0.
    List<Float> weights() {
        var cells = trainer.cells();
        var weights = new ArrayList<Float>();
        for (var i = 0; i < cells.data.length; i += cells.stride) {
            if (cells.data[i] != 0) {
                weights.add(cells.data[i]);
            }
        }
        return weights;
    }
}
