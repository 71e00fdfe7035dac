package io.millrace.cli;

import io.millrace.evaluate.PointLoss;
import io.millrace.replay.Replay;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a replay tells: how far it is while it runs, and what came of it.
final class ReplayReport implements Replay.Watcher {
    /// Of the held-out figures: what a line each tells; the others are for programs.
    private static final Set<String> SUFFIXES = Set.of("", "constant", "last-label", "se");

    private final PrintWriter out;
    private final Display display;
    private final long start = System.nanoTime();

    ReplayReport(PrintWriter out, Display display) {
        this.out = out;
        this.display = display;
    }

    private double seconds() {
        return Math.max(1e-9, (System.nanoTime() - start) / 1e9);
    }

    @Override
    public void at(Replay replay, double fraction) {
        if (!display.isDue()) {
            return;
        }
        var seconds = seconds();
        var learned = replay.trainer().examples();
        var parts = new ArrayList<String>();
        parts.add("learned   " + Figures.count(learned) + " examples, " + Figures.rate(learned / seconds));
        parts.add(String.format("read      %.0f %%", 100 * fraction)
                + (fraction > 0.01 ? ", " + Figures.duration(seconds / fraction - seconds) + " left" : ""));
        var metrics = replay.trainer().progress().metrics();
        var told = PointLoss.told(metrics);
        if (metrics.containsKey(told)) {
            parts.add(String.format("%-9s %s", told, Figures.metric(metrics.get(told))));
        }
        display.show(parts);
    }

    /// Prints the result.
    void end(Replay replay) {
        var seconds = seconds();
        display.clear();
        var trainer = replay.trainer();
        out.println("learned     " + Figures.count(trainer.examples()) + " examples in " + Figures.duration(seconds)
                + " (" + Figures.rate(trainer.examples() / seconds) + ")");
        out.println("digest      " + Figures.digest(trainer.digest()));
        table("train", trainer.progress().metrics());
        table(
                "validation",
                replay.validation().entrySet().stream()
                        .filter(entry -> !entry.getKey().equals("groups") && SUFFIXES.contains(suffix(entry.getKey())))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        lanes(replay);
        if (trainer.refused() > 0) {
            out.println("refused     " + Figures.count(trainer.refused())
                    + " steps that were not finite, or labels that the loss does not know");
        }
        new TreeMap<>(replay.unlearned()).forEach((word, count) -> {
            if (count > 0) {
                out.println("not learned " + Figures.count(count) + " " + word);
            }
        });
        if (!replay.neverSeen().isEmpty()) {
            out.println("never there " + String.join(", ", replay.neverSeen())
                    + ": no event has had it, though features read it. Is it misspelt?");
        }
        if (replay.bad().count() > 0) {
            out.println("bad events  " + Figures.count(replay.bad().count()) + ", the first of them:");
            replay.bad().reasons().forEach(reason -> out.println("  " + reason));
        }
        out.flush();
    }

    /// A line a lane: what sets it apart, its losses, and which is served.
    private void lanes(Replay replay) {
        var trainer = replay.trainer();
        var metrics = trainer.metrics();
        var metric = replay.metric();
        for (var lane = 0; lane < replay.lanes().size(); lane++) {
            var name = metric + ".lane-" + lane;
            out.println(String.format("lane %-6d %-31s", lane, replay.lanes().get(lane))
                    + "  " + metric + " " + figure(metrics, name) + "  " + metric + ".decayed "
                    + figure(metrics, name + ".decayed") + (lane == trainer.lane() ? "  served" : ""));
        }
        if (metrics.containsKey(metric + ".folds")) {
            out.println(String.format("%-11s %-31s", "folds", "each without its own") + "  " + metric + " "
                    + figure(metrics, metric + ".folds"));
        }
        trainer.groups()
                .ifPresent(groups -> out.println("groups      " + Figures.count(groups.size())
                        + " in the folds that they were dealt to, "
                        + Figures.count(
                                metrics.getOrDefault("folds.by-hash", 0.0).longValue())
                        + " examples of others by hash"));
    }

    private static String figure(Map<String, Double> metrics, String name) {
        var value = metrics.get(name);
        return value == null ? "-" : Figures.metric(value);
    }

    /// A line a predictor: the model, then the baselines it is compared with.
    private void table(String split, Map<String, Double> metrics) {
        var lines = new TreeMap<String, StringBuilder>();
        new TreeMap<>(metrics).forEach((name, value) -> {
            var predictor = suffix(name);
            lines.computeIfAbsent(predictor, _ -> new StringBuilder())
                    .append("  ")
                    .append(predictor.isEmpty() ? name : name.substring(0, name.length() - predictor.length() - 1))
                    .append(' ')
                    .append(Figures.metric(value));
        });
        lines.forEach((predictor, text) ->
                out.println(String.format("%-11s %-20s", split, predictor.isEmpty() ? "model" : predictor) + text));
    }

    /// What stands after the first dot of a figure's name.
    private static String suffix(String name) {
        var dot = name.indexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1);
    }
}
