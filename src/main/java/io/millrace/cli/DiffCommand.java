package io.millrace.cli;

import io.millrace.model.Model;
import io.millrace.model.WeightDifference;
import io.millrace.replay.VersionLog;
import io.millrace.schema.Manifest;
import io.millrace.spec.SpecDifference;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description =
                "Shows two versions side by side: what they have learned, how well, their weights and their specs.")
final class DiffCommand implements Callable<Integer> {
    private static final String LINE = "%-24s %22s %22s%n";

    @Mixin
    private SpecOptions model;

    @Mixin
    private ClientOptions client;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Parameters(paramLabel = "VERSION", index = "0", description = "Such as main/41.")
    private String first;

    @Parameters(paramLabel = "VERSION", index = "1", description = "Such as main/57, or fresh/3 of another lineage.")
    private String second;

    @Override
    public Integer call() {
        var properties = client.properties();
        Model one;
        Model other;
        try (var _ = new Broker(properties)) {
            one = find(properties, first);
            other = find(properties, second);
        }
        var out = command.commandLine().getOut();
        out.printf(Locale.ROOT, LINE, "", one.name(), other.name());
        manifests(one.manifest(), other.manifest(), out);
        weights(one, other, out);
        specs(one, other, out);
        out.flush();
        return 0;
    }

    private Model find(Map<String, Object> properties, String name) {
        var version = OperatorOptions.Version.parse(name);
        var lineage = version.lineage();
        if (lineage == null) {
            throw CommandException.wrong("VERSION = " + name + " names no lineage: expected one such as main/" + name);
        }
        var spec = model.spec();
        var log = new VersionLog(properties, spec.topic(lineage, "versions"), spec.topic(lineage, "kept"));
        return Objects.requireNonNull(log.find(List.of(version.number())).get(version.number()));
    }

    private static void manifests(Manifest one, Manifest other, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                LINE,
                "examples",
                "%,d".formatted(one.getExamples()),
                "%,d".formatted(other.getExamples()));
        out.printf(
                Locale.ROOT,
                LINE,
                "event time",
                Instant.ofEpochMilli(one.getEventTime()),
                Instant.ofEpochMilli(other.getEventTime()));
        out.printf(Locale.ROOT, LINE, "log offset", one.getLogOffset(), other.getLogOffset());
        out.printf(
                Locale.ROOT, LINE, "digest", "%016x".formatted(one.getDigest()), "%016x".formatted(other.getDigest()));
        var metrics = new TreeSet<>(one.getMetrics().keySet());
        metrics.addAll(other.getMetrics().keySet());
        for (var metric : metrics) {
            out.printf(Locale.ROOT, LINE, metric, figure(one, metric), figure(other, metric));
        }
    }

    private static String figure(Manifest manifest, String metric) {
        var value = manifest.getMetrics().get(metric);
        return value == null ? "-" : Figures.metric(value);
    }

    private static void weights(Model one, Model other, PrintWriter out) {
        var differs = SpecDifference.ofExamples(one.spec(), other.spec());
        if (differs.isPresent()) {
            out.println("weights: of other features, as " + differs.get().key() + " differs");
            return;
        }
        var weights = WeightDifference.of(one, other);
        out.printf(
                Locale.ROOT,
                "weights: %,d differ, by %.6g together (the first have a norm of %.6g), by %.6g at most, that of cell %d%n",
                weights.cells(),
                weights.distance(),
                weights.norm(),
                weights.largest(),
                weights.index());
    }

    private static void specs(Model one, Model other, PrintWriter out) {
        var differences = SpecDifference.all(one.spec(), other.spec());
        out.println(differences.isEmpty() ? "spec: the same" : "spec:");
        for (var difference : differences) {
            out.println("  " + difference.key() + ": " + difference.expected() + " -> " + difference.found());
        }
    }
}
