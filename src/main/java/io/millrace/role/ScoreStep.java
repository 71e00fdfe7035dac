package io.millrace.role;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.evaluate.Outcome;
import io.millrace.event.BadEvent;
import io.millrace.event.EventReading;
import io.millrace.event.Row;
import io.millrace.event.Wire;
import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.schema.Prediction;
import io.millrace.spec.Spec;
import io.millrace.split.ExampleReading;
import io.millrace.split.GroupSplit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Carries each valid event to the predictor and its score on. Events that can't be used are the split's to report:
/// here they are only counted.
final class ScoreStep implements Processor<byte[], byte[], byte[], byte[]> {
    private final Supplier<Model> models;
    private final Probe probe;
    private Scorer scorer;
    private final Counter scored;
    private final Counter skipped;
    private ProcessorContext<byte[], byte[]> context;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    ScoreStep(Spec spec, Supplier<Model> models, Probe probe, MeterRegistry meters) {
        this.models = models;
        this.probe = probe;
        scorer = new Scorer(spec);
        scored = meters.counter("millrace.score.events", "model", spec.model());
        skipped = meters.counter("millrace.score.skipped", "model", spec.model());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        var at = context.recordMetadata().orElseThrow();
        var model = models.get();
        try {
            context.forward(new Record<>(
                    record.key(), score(record, model, at.topic(), at.partition(), at.offset()), record.timestamp()));
            scored.increment();
        } catch (BadEvent reported) {
            skipped.increment();
        }
        probe.processed(at.partition(), at.offset());
    }

    private byte[] score(Record<byte[], byte[]> record, Model model, String topic, int partition, long offset) {
        var value = record.value();
        if (value == null) {
            throw new BadEvent("the record has no value: expected an event");
        }
        ExampleReading.requireSize(value.length);
        if (!model.spec().equals(scorer.spec)) {
            scorer = new Scorer(model.spec()); // a lineage with other features serves now
        }
        return Wire.encode(Prediction.getEncoder(), scorer.score(record, model, topic, partition, offset));
    }

    /// What reads and scores events by one spec.
    private static final class Scorer {
        private final Spec spec;
        private final EventReading reading;
        private final Row row;
        private final GroupSplit groups;
        private final Predictor predictor;

        Scorer(Spec spec) {
            this.spec = spec;
            var fields = spec.fields();
            reading = new EventReading(spec.events(), spec.label(), spec.schemaText(), fields);
            row = new Row(fields);
            groups = new GroupSplit(spec.split(), fields);
            predictor = new Predictor(spec);
        }

        Prediction score(Record<byte[], byte[]> record, Model model, String topic, int partition, long offset) {
            var value = record.value();
            reading.decoder().decode(value, 0, value.length, row);
            var time = reading.time(row, record.timestamp());
            reading.label(row);
            groups.group(row);
            var prediction = predictor.predict(row, model);
            return Prediction.newBuilder()
                    .setId(reading.id(row, topic, partition, offset))
                    .setTime(time)
                    .setScore(prediction[Outcome.likeliest(prediction, 0, prediction.length)])
                    .setLineage(model.manifest().getLineage())
                    .setVersion(model.manifest().getVersion())
                    .setScores(scores(prediction))
                    .setLabel(label(prediction))
                    .build();
        }

        private static List<Double> scores(float[] prediction) {
            if (prediction.length == 1) {
                return List.of();
            }
            var scores = new ArrayList<Double>(prediction.length);
            for (var score : prediction) {
                scores.add((double) score);
            }
            return scores;
        }

        /// The class that it says, where the spec names them.
        private @Nullable String label(float[] prediction) {
            var classes = spec.label().classes();
            if (classes.isEmpty()) {
                return null;
            }
            return classes.get().get(predictor.said(prediction, 0));
        }
    }
}
