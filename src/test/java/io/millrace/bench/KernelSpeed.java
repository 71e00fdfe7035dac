package io.millrace.bench;

import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.generate.WideEvents;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A learner alone: nanoseconds an example, from examples in memory to weights, progressive metrics and marks of what
/// changed. One thread; one round learns all examples once, with each optimizer, from the beginning.
///
/// Narrow: flights by eight entries, 2^18 cells. Wide: generated text of 75, 2^18 and 2^22 cells. Beside each the
/// progressive log loss.
final class KernelSpeed {
    private static final int MOST = Integer.getInteger("bench.examples", 300_000);
    private static final int WIDE = Integer.getInteger("bench.wide", 60_000);
    private static final long SEED = 7;

    private static final Map<OptimizerKind, Double> RATES = new LinkedHashMap<>();

    static {
        RATES.put(OptimizerKind.SGD, 0.05);
        RATES.put(OptimizerKind.ADAGRAD, 0.3);
        RATES.put(OptimizerKind.FTRL, 0.1);
        RATES.put(OptimizerKind.NORMALIZED_ADAPTIVE, 0.5);
    }

    private KernelSpeed() {}

    static void run() throws IOException {
        System.out.println("cpu: " + KernelChoice.cpu());
        measure("narrow", 18, narrow());
        measure("wide", 18, wide(18));
        measure("wide", 22, wide(22));
    }

    static List<Examples> narrow() throws IOException {
        var flights = SpecReader.resource("specs/narrow.yaml");
        return batches(flights, FlightFile.find().events(flights, MOST));
    }

    static List<Examples> wide(int bits) throws IOException {
        var file = Files.createTempFile("wide", ".yaml");
        var wide = SpecReader.read(Files.writeString(file, WideEvents.spec("wide", "wide")));
        Files.delete(file);
        var learn = new LearnConfig(wide.learn().loss(), wide.learn().optimizer(), bits);
        return batches(wide.withLearn(learn), WideEvents.first(WIDE, SEED));
    }

    /// Logistic loss, at the settings of `src/bench/peers.py`, at which losses are those of Vowpal Wabbit.
    static LearnConfig config(OptimizerKind kind, int bits) {
        return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(kind, RATES.get(kind), 0), bits);
    }

    /// Blocks of 1,024 examples, numbers in thousands as plain entries: no scaler, as others have none.
    private static List<Examples> batches(Spec spec, List<byte[]> events) {
        var fields = spec.fields();
        var reading = spec.reading(fields);
        var encoder = new FeatureEncoder(spec.features(), fields, spec.learn().bits(), spec.timeUnit());
        var row = new Row(fields);
        var one = new Examples(spec.numbers().size());
        var batches = new ArrayList<Examples>();
        for (var event : events) {
            reading.decoder().decode(event, 0, event.length, row);
            one.clear();
            one.begin();
            encoder.encode(row, one);
            one.end(reading.label(row), 1, 0, 0, 0);
            if (batches.isEmpty() || batches.getLast().size == 1024) {
                batches.add(new Examples(0));
            }
            var batch = batches.getLast();
            batch.begin();
            for (var j = 0; j < one.rows[1]; j++) {
                batch.add(one.indices[j], j < one.numbers ? one.values[j] / 1_000 : one.values[j]);
            }
            batch.end(one.labels[0], 1, 0, 0, 0);
        }
        return batches;
    }

    private static void measure(String name, int bits, List<Examples> batches) {
        var examples = batches.stream().mapToLong(batch -> batch.size).sum();
        var entries =
                batches.stream().mapToLong(batch -> batch.rows[batch.size]).sum();
        System.out.printf(
                "%s, 2^%d: %,d examples of %.1f entries%n", name, bits, examples, (double) entries / examples);
        RATES.keySet().forEach(kind -> {
            var config = config(kind, bits);
            var rounds = new Rounds("  " + kind, "ps an example");
            var loss = 0.0;
            for (var round = 0; round < Rounds.ALL; round++) {
                var trainer = new Trainer(config, List.of(), KernelChoice.AUTO.kernel());
                var start = System.nanoTime();
                for (var batch : batches) {
                    trainer.learn(batch);
                }
                var nanos = System.nanoTime() - start;
                if (round >= Rounds.WARM_UP) {
                    rounds.add(1e3 * nanos / examples);
                }
                loss = trainer.progress().metrics().get("log-loss");
            }
            rounds.print();
            System.out.printf("    %.2f million a second, log loss %.5f%n", 1e6 / rounds.median(), loss);
        });
    }
}
