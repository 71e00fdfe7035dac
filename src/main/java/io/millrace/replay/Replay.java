package io.millrace.replay;

import io.millrace.evaluate.HeldOut;
import io.millrace.event.BadEvent;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.Trainer;
import io.millrace.schema.Block;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import io.millrace.split.ExampleReading;
import io.millrace.split.Split;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Learns what a [Source] hands on. Training examples are predicted, scored and learned; validation examples
/// are scored by the model as it is when they come; test examples are counted only. One thread.
public final class Replay implements AutoCloseable {
    private final Trainer trainer;
    private final HeldOut validation;
    private final float[] prediction;
    private final TimeRange times;
    private final @Nullable LossCurve curve;
    private final BadEvents bad = new BadEvents();
    private final Examples batch;
    private final Examples chosen;
    private final int bits;
    private final String metric;
    private final List<String> lanes;
    private final int[] numberIndices;
    /// Events that were no bad ones, of any part of the split.
    private long examples;

    private long unlabelled;
    /// A few: one a file or partition.
    private final Set<ExampleReading> readings = new HashSet<>();

    private long duplicate;
    private long test;
    private long outside;
    private long logOffset;

    /// @param times events outside are counted, no more
    /// @param curve where the loss goes, if anywhere
    /// @param kernel what computes; the bits are the same
    public Replay(Spec spec, TimeRange times, @Nullable LossCurve curve, KernelChoice kernel) {
        var numbers = spec.numbers();
        trainer = new Trainer(spec.learn(), numbers, kernel.kernel());
        validation = spec.learn().outcome().heldOut();
        prediction = new float[spec.learn().outcome().outputs()];
        this.times = times;
        this.curve = curve;
        batch = new Examples(numbers.size());
        chosen = new Examples(numbers.size());
        bits = spec.learn().bits();
        metric = spec.learn().outcome().metric();
        lanes = spec.learn()
                .lanes()
                .map(lanes -> lanes.names(spec.learn().optimizer()))
                .orElse(List.of());
        numberIndices = numbers.stream().mapToInt(NumberFeature::index).toArray();
    }

    public Replay(Spec spec) {
        this(spec, TimeRange.ALL, null, KernelChoice.AUTO);
    }

    /// Told how far it is, often.
    @FunctionalInterface
    public interface Watcher {
        void at(Replay replay, double fraction);
    }

    /// Learns a source to its end.
    public Replay run(Source source, Watcher watcher) throws IOException {
        while (source.advance(this)) {
            watcher.at(this, source.fraction());
        }
        return this;
    }

    /// Learns all examples of a block.
    ///
    /// @param nextOffset in the log, after the block
    void block(Block block, long nextOffset) throws IOException {
        Blocks.decode(block, bits, numberIndices, batch);
        learn(times.equals(TimeRange.ALL) ? batch : choose(batch));
        logOffset = nextOffset;
    }

    /// Takes one event of a source partition.
    ///
    /// @param where it stands, for people; asked only where the event is bad
    void event(
            ExampleReading reading,
            byte[] value,
            int offset,
            int length,
            long recordOffset,
            long timestamp,
            java.util.function.LongFunction<String> where)
            throws IOException {
        batch.clear();
        readings.add(reading);
        try {
            var split = reading.read(value, offset, length, recordOffset, timestamp, _ -> batch);
            if (split == null) {
                if (reading.isDuplicate()) {
                    duplicate++;
                } else {
                    unlabelled++;
                }
            } else if (!times.contains(batch.times[0])) {
                outside++;
            } else {
                example(split);
            }
        } catch (BadEvent e) {
            bad.add(where.apply(recordOffset), String.valueOf(e.getMessage()));
        }
        logOffset = recordOffset + 1;
    }

    private void example(Split split) throws IOException {
        examples++;
        switch (split) {
            case TRAIN -> learn(batch);
            case VALIDATION -> {
                trainer.predict(batch, 0, prediction);
                validation.add(prediction, 0, batch.labels[0], batch.weights[0], batch.groups[0]);
            }
            case TEST -> test++;
        }
    }

    private void learn(Examples examples) throws IOException {
        trainer.learn(examples);
        if (curve != null) {
            curve.learned(trainer.examples(), trainer.progress());
        }
    }

    private Examples choose(Examples all) {
        chosen.clear();
        for (var row = 0; row < all.size; row++) {
            if (times.contains(all.times[row])) {
                chosen.begin();
                for (var j = all.rows[row]; j < all.rows[row + 1]; j++) {
                    chosen.add(all.indices[j], all.values[j]);
                }
                chosen.end(all.labels[row], all.weights[row], all.ids[row], all.groups[row], all.times[row]);
            } else {
                outside++;
            }
        }
        return chosen;
    }

    public Trainer trainer() {
        return trainer;
    }

    /// What the loss is called that metrics tell first.
    public String metric() {
        return metric;
    }

    /// What sets each lane apart; none where there is one model.
    public List<String> lanes() {
        return lanes;
    }

    /// Offset after the last block or event.
    public long logOffset() {
        return logOffset;
    }

    /// Metrics over the validation examples; empty where the source has none.
    public Map<String, Double> validation() {
        return validation.metrics();
    }

    /// Fields that features read and no event has had; none where every event was bad, whatever it had.
    public List<String> neverSeen() {
        return examples == 0
                ? List.of()
                : readings.stream()
                        .map(reading -> reading.seen().never())
                        .reduce((one, other) ->
                                one.stream().filter(other::contains).toList())
                        .orElse(List.of());
    }

    public BadEvents bad() {
        return bad;
    }

    /// What became of the events that were not learned, by word.
    public Map<String, Long> unlearned() {
        return Map.of(
                "validation",
                validation.examples(),
                "test",
                test,
                "unlabelled",
                unlabelled,
                "duplicate",
                duplicate,
                "outside",
                outside);
    }

    /// Gives back what it has of a device, and what was learned there with it.
    @Override
    public void close() {
        trainer.close();
    }
}
