package io.millrace.bench;

import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.replay.LossCurve;
import io.millrace.replay.Replay;
import io.millrace.replay.TimeRange;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How well one pass of the shipped spec predicts flights before it learns from them: with every group in train, and
/// under the spec's own split. Writes the curve of the former as CSV and as a picture. Then without crosses, each
/// learner at the rates that suit one or the other.
final class Quality {
    private static final Path CSV = Path.of("target/bench/curve.csv");
    private static final Path PICTURE = Path.of("docs/curve.svg");
    private static final double[] RATES = {0.02, 0.06};

    private Quality() {}

    static void run() throws IOException {
        var file = FlightFile.find();
        var spec = Specs.flights();
        Files.createDirectories(CSV.getParent());
        Files.createDirectories(PICTURE.getParent());
        try (var curve = new LossCurve(CSV, "log-loss")) {
            print("every group in train", replay(Specs.everythingInTrain(), file, curve));
        }
        var split = replay(spec, file, null);
        print("the 80 % of groups in train", split);
        System.out.printf(
                "%-50s log loss %.5f over %,.0f examples, accuracy %.4f%n",
                "the validation groups",
                split.validation().get("log-loss"),
                (double) split.unlearned().get("validation"),
                split.validation().get("accuracy"));
        Files.writeString(PICTURE, LossPicture.of(CSV));
        System.out.println("curve: " + CSV + ", " + PICTURE);
        for (var rate : RATES) {
            for (var learner : LearnerKind.values()) {
                print(
                        "no crosses, " + learner + ", sgd " + rate,
                        replay(Specs.withoutCrosses(learner, rate), file, null));
            }
        }
    }

    private static Replay replay(Spec spec, FlightFile file, @Nullable LossCurve curve) throws IOException {
        var replay = new Replay(spec, TimeRange.ALL, curve, KernelChoice.AUTO);
        try (var source = file.source(spec)) {
            return replay.run(source, (_, _) -> {});
        }
    }

    private static void print(String what, Replay replay) {
        var metrics = replay.trainer().progress().metrics();
        System.out.printf(
                "%-50s log loss %.5f over %,d examples, accuracy %.4f; constant %.5f, last label %.5f%n",
                what,
                metrics.get("log-loss"),
                replay.trainer().examples(),
                metrics.get("accuracy"),
                metrics.get("log-loss.constant"),
                metrics.get("log-loss.last-label"));
    }
}
