package io.millrace.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.EventReading;
import io.millrace.event.Row;
import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Trips that never were, under a small spec: rows, examples, trainers and versions for tests.
public final class Trips {
    /// Whether a trip is late: logistic loss.
    public static final Spec SPEC = SpecReader.resource("specs/trips.yaml");

    /// How late it is: squared loss.
    public static final Spec DELAYS = SpecReader.resource("specs/delays.yaml");

    /// Trips by a factorization machine, with accumulators.
    public static final Spec FACTORS = SPEC.withLearn(new LearnConfig(
                    SPEC.learn().loss(),
                    new OptimizerConfig(OptimizerKind.ADAGRAD, 0.1, 0),
                    SPEC.learn().bits())
            .withLearner(new LearnerConfig(LearnerKind.FACTORIZATION_MACHINE)));

    static {
        Wire.trust();
    }

    private Trips() {}

    /// A trip as JSON; some fields are missing now and then.
    public static String json(int number) {
        var random = new Random(number);
        var origin = "A" + random.nextInt(7);
        var json = new StringBuilder("{\"number\":" + number + ",\"start\":" + (16_000_000 + 7 * number));
        json.append(",\"origin\":\"")
                .append(origin)
                .append("\",\"destination\":\"B")
                .append(random.nextInt(9))
                .append('"');
        json.append(",\"delay\":").append(random.nextInt(40) - (origin.equals("A3") ? 0 : 10));
        if (random.nextInt(10) > 0) {
            json.append(",\"distance\":").append(random.nextInt(1, 40_000) / 16.0);
        }
        if (random.nextInt(3) > 0) {
            json.append(",\"note\":\"")
                    .append("late rain ".repeat(random.nextInt(25)))
                    .append("\"");
        }
        return json.append(",\"stops\":").append(random.nextInt(4)).append('}').toString();
    }

    /// The trip as a row of `spec.fields()`.
    public static Row row(Spec spec, int number) {
        var fields = spec.fields();
        var row = new Row(fields);
        var bytes = json(number).getBytes(UTF_8);
        spec.reading(fields).decoder().decode(bytes, 0, bytes.length, row);
        return row;
    }

    /// The trips `from` to `to` (exclusive) as the split would make them.
    public static Examples examples(Spec spec, int from, int to) {
        var fields = spec.fields();
        var row = new Row(fields);
        EventReading reading = spec.reading(fields);
        var encoder = new FeatureEncoder(spec.features(), fields, spec.learn().bits(), spec.timeUnit());
        var examples = new Examples(spec.numbers().size());
        for (var number = from; number < to; number++) {
            var bytes = json(number).getBytes(UTF_8);
            reading.decoder().decode(bytes, 0, bytes.length, row);
            examples.begin();
            encoder.encode(row, examples);
            examples.end(reading.label(row), 1, number, number, reading.time(row, 0));
        }
        return examples;
    }

    /// A trainer that has learned the first `trips` of them.
    public static Trainer trained(Spec spec, int trips) {
        var trainer = new Trainer(spec.learn(), spec.numbers());
        trainer.learn(examples(spec, 0, trips));
        return trainer;
    }

    /// `count` versions of one lineage, each two trips after the one before.
    public static List<List<VersionRecord>> versions(int count) {
        var trainer = trained(SPEC, 200);
        var publisher = new Publisher(SPEC, "main", 0, List.of());
        var versions = new ArrayList<List<VersionRecord>>();
        for (var trip = 200; versions.size() < count; trip += 2) {
            trainer.learn(examples(SPEC, trip, trip + 2));
            versions.add(publisher.cut(trainer, trip));
        }
        return versions;
    }

    /// A version that has learned so many trips.
    public static Model model(Spec spec, int trips) {
        return Model.of(null, new Publisher(spec, "main", 0, List.of()).cut(trained(spec, trips), 1));
    }

    /// All weights of a version.
    public static float[] weights(Model model) {
        var weights = new float[1 << model.manifest().getBits()];
        IntStream.range(0, weights.length).forEach(index -> weights[index] = model.weight(index));
        return weights;
    }
}
