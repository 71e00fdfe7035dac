package io.millrace.bench;

import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.replay.LossCurve;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.replay.TimeRange;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How well one pass predicts flights before it learns from them.
///
/// 1. The shipped spec with every group in train: its curve as CSV and as a picture.
/// 2. Every learner with every optimizer that it takes, under the shipped spec's own split: the progressive loss of
///    what is learned, and loss and AUC of validation groups, which no model learns from. Rates are those with the
///    least progressive loss over the first 300,000 flights; all else has its default.
/// 3. Sixteen lanes of the shipped spec.
final class Quality {
    /// A learner and the features that it is given.
    ///
    /// @param spec whose optimizer is another one each time
    private record Model(String name, Spec spec, FlightFile file) {
        Model(String name, Spec spec, LearnerKind learner, FlightFile file) {
            this(name, spec.withLearn(spec.learn().withLearner(new LearnerConfig(learner))), file);
        }

        boolean takes(OptimizerKind kind) {
            var isMlp = spec.learn()
                    .learner()
                    .filter(learner -> learner.kind() == LearnerKind.MLP)
                    .isPresent();
            return !isMlp || kind != OptimizerKind.NORMALIZED_ADAPTIVE;
        }

        Spec with(OptimizerKind kind, double rate) {
            var learn = spec.learn();
            return spec.withLearn(new LearnConfig(
                    learn.loss(),
                    learn.tau(),
                    learn.delta(),
                    learn.classes(),
                    learn.learner(),
                    new OptimizerConfig(kind, rate, 0),
                    learn.bits(),
                    learn.lanes()));
        }
    }

    /// What a model came to with the rate that suits it.
    private record Result(double rate, double loss, Map<String, Double> held) {
        Result(double rate, Replay replay) {
            this(rate, replay.trainer().metrics().get("log-loss"), replay.validation());
        }

        String progressive() {
            return "%.5f (%s)".formatted(loss, rate);
        }

        /// Of several classes there is no area.
        String validation() {
            var auc = held.get("auc");
            return "%.5f".formatted(held.get("log-loss")) + (auc == null ? "" : "; %.4f".formatted(auc));
        }
    }

    private static final Path CSV = Path.of("target/bench/curve.csv");
    private static final Path PICTURE = Path.of("docs/curve.svg");
    private static final OffsetRange TUNED_ON = new OffsetRange(OptionalLong.of(0), OptionalLong.of(300_000));
    /// Rates that are tried, times a power of ten.
    private static final double[] RUNGS = {1, 1.5, 2, 3, 5, 7};

    private Quality() {}

    static void run() throws Exception {
        var file = FlightFile.find();
        Files.createDirectories(CSV.getParent());
        Files.createDirectories(PICTURE.getParent());
        try (var curve = new LossCurve(CSV, "log-loss")) {
            print("every group in train", replay(Specs.everythingInTrain(), file, OffsetRange.ALL, curve));
        }
        Files.writeString(PICTURE, LossPicture.of(CSV));
        System.out.println("curve: " + CSV + ", " + PICTURE);
        print("as shipped", replay(Specs.flights(), file, OffsetRange.ALL, null));
        learners(file);
        lanes(file);
    }

    private static Replay replay(Spec spec, FlightFile file, OffsetRange rows, @Nullable LossCurve curve)
            throws IOException {
        var replay = new Replay(spec, TimeRange.ALL, curve, KernelChoice.AUTO);
        try (var source = file.source(spec, rows)) {
            return replay.run(source, (_, _) -> {});
        }
    }

    private static void print(String what, Replay replay) {
        var metrics = replay.trainer().progress().metrics();
        System.out.printf(
                "%-22s %,d examples, log loss %.5f, accuracy %.4f; constant %.5f, last label %.5f%n",
                what,
                replay.trainer().examples(),
                metrics.get("log-loss"),
                metrics.get("accuracy"),
                metrics.get("log-loss.constant"),
                metrics.get("log-loss.last-label"));
        var held = replay.validation();
        if (!held.isEmpty()) {
            System.out.printf(
                    "%-22s %,d examples, log loss %.5f, accuracy %.4f, AUC %.4f%n",
                    "  validation groups",
                    replay.unlearned().get("validation"),
                    held.get("log-loss"),
                    held.get("accuracy"),
                    held.get("auc"));
        }
    }

    private static void learners(FlightFile file) throws Exception {
        var flights = Specs.flights();
        var plain = Specs.withoutCrosses();
        var models = List.of(
                new Model("linear, crosses", flights, file),
                new Model("softmax of two, crosses", SpecReader.resource("specs/late.yaml"), file.withClasses()),
                new Model("linear", plain, file),
                new Model("factorization-machine", plain, LearnerKind.FACTORIZATION_MACHINE, file),
                new Model("mlp", plain, LearnerKind.MLP, file));
        var results = new EnumMap<OptimizerKind, List<Optional<Result>>>(OptimizerKind.class);
        try (var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (var kind : OptimizerKind.values()) {
                var row = new ArrayList<Callable<Optional<Result>>>();
                models.forEach(model -> row.add(() -> result(model, kind)));
                results.put(
                        kind,
                        threads.invokeAll(row).stream().map(Future::resultNow).toList());
            }
        }
        table(models, results, "progressive log loss (rate)", Result::progressive);
        table(models, results, "validation log loss; AUC", Result::validation);
    }

    /// Optimizers by learners, as Markdown.
    private static void table(
            List<Model> models,
            Map<OptimizerKind, List<Optional<Result>>> results,
            String what,
            Function<Result, String> cell) {
        var names = models.stream().map(Model::name).collect(Collectors.joining(" | "));
        System.out.println("| " + what + " | " + names + " |");
        System.out.println("|---|" + "--:|".repeat(models.size()));
        results.forEach((kind, row) -> {
            var cells = row.stream().map(one -> one.map(cell).orElse("")).collect(Collectors.joining(" | "));
            System.out.println("| `" + word(kind) + "` | " + cells + " |");
        });
    }

    private static String word(OptimizerKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// @return empty where the learner does not take the optimizer
    private static Optional<Result> result(Model model, OptimizerKind kind) throws IOException {
        if (!model.takes(kind)) {
            return Optional.empty();
        }
        var rate = tune(model, kind);
        var result = new Result(rate, replay(model.with(kind, rate), model.file, OffsetRange.ALL, null));
        System.out.println("  " + model.name + ", " + word(kind) + ": " + result.progressive());
        return Optional.of(result);
    }

    /// The rate from which neither the next higher nor the next lower is better.
    private static double tune(Model model, OptimizerKind kind) throws IOException {
        var rung = rung(Specs.RATES.get(kind));
        var loss = loss(model, kind, rate(rung));
        for (var step : new int[] {1, -1}) {
            var next = loss(model, kind, rate(rung + step));
            while (next < loss) {
                rung += step;
                loss = next;
                next = loss(model, kind, rate(rung + step));
            }
        }
        return rate(rung);
    }

    /// Of the first flights; infinite where no spec may have such a rate.
    private static double loss(Model model, OptimizerKind kind, double rate) throws IOException {
        return rate > 10
                ? Double.POSITIVE_INFINITY
                : replay(model.with(kind, rate), model.file, TUNED_ON, null)
                        .trainer()
                        .metrics()
                        .get("log-loss");
    }

    private static double rate(int rung) {
        var power = Math.floorDiv(rung, RUNGS.length);
        return Double.parseDouble(RUNGS[Math.floorMod(rung, RUNGS.length)] + "e" + power);
    }

    private static int rung(double rate) {
        var rung = 0;
        while (rate(rung) > rate) {
            rung--;
        }
        return rung;
    }

    /// Rates and shrinkage around those that are shipped, which are the first lane.
    private static void lanes(FlightFile file) throws IOException {
        var spec = Specs.flights();
        var rates = List.of(spec.learn().optimizer().learningRate(), 0.02, 0.03, 0.04, 0.05, 0.07, 0.08, 0.1);
        var lanes = Specs.grid(rates, List.of(0.0, 1e-4));
        var replay = replay(spec.withLearn(spec.learn().withLanes(lanes)), file, OffsetRange.ALL, null);
        var metrics = replay.trainer().metrics();
        var losses = new ArrayList<Double>();
        for (var lane = 0; lane < replay.lanes().size(); lane++) {
            losses.add(metrics.get("log-loss.lane-" + lane));
            System.out.printf("lane %-2d %-36s %.5f%n", lane, replay.lanes().get(lane), losses.get(lane));
        }
        var best = losses.indexOf(Collections.min(losses));
        print("sixteen lanes", replay);
        System.out.printf(
                "served %.5f, at the end lane %d; the best lane is %d: %.5f; the shipped one %.5f%n",
                metrics.get("log-loss"), replay.trainer().lane(), best, losses.get(best), losses.getFirst());
    }
}
