package io.millrace.cli;

import io.millrace.evaluate.PointLoss;
import io.millrace.event.Wire;
import io.millrace.model.KeptVersions;
import io.millrace.model.ManifestJson;
import io.millrace.replay.DecisionCheck;
import io.millrace.schema.Decision;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

@Command(
        name = "models",
        description = "Shows the versions of a model that can be read, and decides which one serves.",
        subcommands = {
            OperatorCommands.Promote.class,
            OperatorCommands.Rollback.class,
            OperatorCommands.Pin.class,
            OperatorCommands.Resume.class,
            DiffCommand.class,
            WeightsCommand.class,
        },
        synopsisSubcommandLabel = "COMMAND")
final class ModelsCommand implements Runnable {
    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(
                command.commandLine(), "a command is missing: expected one such as list, show or pin");
    }

    @Command(
            name = "list",
            description = "Prints a line a version, the oldest first; what the gate has serve is marked.")
    int list(
            @Mixin SpecOptions model,
            @Mixin LineageOptions lineages,
            @Mixin ClientOptions client,
            @Option(
                            names = "--last",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Versions, at most (default: ${DEFAULT-VALUE}).")
                    int last) {
        if (last < 1) {
            throw CommandException.wrong("--last = " + last + " is out of range: expected 1 or more");
        }
        var out = command.commandLine().getOut();
        var properties = client.properties();
        try (var kafka = new Broker(properties)) {
            var all = manifests(kafka, properties, model.spec(), lineages.lineage());
            out.println(String.format(
                    "%-16s %-8s %14s %9s  %-20s %s", "version", "kind", "examples", "cells", "event time", "loss"));
            if (!all.isEmpty()) {
                var standing = GateStanding.read(kafka, properties, model.spec());
                var newest = all.getLast().getVersion();
                for (var manifest : all.subList(Math.max(0, all.size() - last), all.size())) {
                    line(manifest, standing.mark(manifest.getLineage(), manifest.getVersion(), newest), out);
                }
            }
        }
        out.flush();
        return 0;
    }

    private static void line(Manifest manifest, String mark, PrintWriter out) {
        var metrics = manifest.getMetrics();
        var metric = PointLoss.told(metrics);
        out.println(String.format(
                Locale.ROOT,
                "%-16s %-8s %,14d %,9d  %-20s %s%s",
                manifest.getLineage() + "/" + manifest.getVersion(),
                manifest.getParent() == null ? "keyframe" : "delta",
                manifest.getExamples(),
                manifest.getCells(),
                java.time.Instant.ofEpochMilli(manifest.getEventTime()),
                metric + " " + Figures.metric(metrics.getOrDefault(metric, Double.NaN)),
                mark));
    }

    @Command(name = "show", description = "Prints all that is known of a version, as JSON.")
    int show(
            @Mixin SpecOptions model,
            @Mixin LineageOptions lineages,
            @Mixin ClientOptions client,
            @Parameters(
                            paramLabel = "VERSION",
                            arity = "0..1",
                            description = "Such as main/41, or 41 of the lineage (default: the newest).")
                    @Nullable
                    String version) {
        var wanted = version == null ? null : OperatorOptions.Version.parse(version);
        var named = wanted == null ? null : wanted.lineage();
        var properties = client.properties();
        List<Manifest> all;
        try (var kafka = new Broker(properties)) {
            all = manifests(kafka, properties, model.spec(), named == null ? lineages.lineage() : named);
        }
        var found = all.reversed().stream()
                .filter(manifest -> wanted == null || manifest.getVersion() == wanted.number())
                .findFirst()
                .orElseThrow(() -> CommandException.wrong(
                        version == null
                                ? "there is no version yet: expected one, a second after the first example"
                                : "version " + version + " is not there: expected one of " + known(all)));
        command.commandLine().getOut().println(json(found));
        command.commandLine().getOut().flush();
        return 0;
    }

    @Command(name = "decisions", description = "Prints what the gate decided, the oldest first.")
    int decisions(@Mixin SpecOptions model, @Mixin ClientOptions client) {
        var out = command.commandLine().getOut();
        var properties = client.properties();
        try (var _ = new Broker(properties);
                var reader = TopicReader.glance(properties, model.spec().topic("decisions"))) {
            reader.read(record -> {
                var decision = Wire.decode(Decision.getDecoder(), record.value());
                out.println(String.format(
                        Locale.ROOT,
                        "%5d  %-20s %s; %s\n       by %s: %s",
                        decision.getNumber(),
                        java.time.Instant.ofEpochMilli(decision.getTime()),
                        subject(decision),
                        OperatorOptions.serving(decision),
                        decision.getBy(),
                        decision.getWhy()));
                return true;
            });
        }
        out.flush();
        return 0;
    }

    /// `candidate fresh`, `anchor main/41`: what a decision is, and of what.
    private static String subject(Decision decision) {
        var kind = decision.getKind().name().toLowerCase(Locale.ROOT);
        return switch (decision.getKind()) {
            case ANCHOR -> kind + " " + decision.getChampion().getLineage() + "/" + decision.getAnchor();
            case CANDIDATE, STOP, PROMOTE -> decision.getLineage() == null ? kind : kind + " " + decision.getLineage();
            default -> kind;
        };
    }

    @Command(
            name = "verify",
            description =
                    "Computes a decision again from its evidence: its figures, and the predictions of all versions that are still there.")
    int verify(
            @Mixin SpecOptions model,
            @Mixin ClientOptions client,
            @Parameters(paramLabel = "DECISION", description = "Its number.") long number) {
        var properties = client.properties();
        DecisionCheck.Result result;
        try (var _ = new Broker(properties)) {
            result = new DecisionCheck(properties, model.spec()).check(number);
        }
        var out = command.commandLine().getOut();
        var name =
                "decision " + number + ", " + result.decision().getKind().name().toLowerCase(Locale.ROOT);
        if (result.decision().getEvidence() == null) {
            out.println(name + ": by " + result.decision().getBy() + ", on no evidence: "
                    + result.decision().getWhy());
        } else if (result.faults().isEmpty()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%s: %,d judgements, %,d examples: every figure agrees\n%,d predictions of blocks made again, every bit agrees; of %,d more the versions are gone",
                    name,
                    result.judgements(),
                    result.examples(),
                    result.predicted(),
                    result.unpredicted()));
        } else {
            out.flush();
            throw CommandException.failed(name + " does not agree:\n  " + String.join("\n  ", result.faults()));
        }
        out.flush();
        return 0;
    }

    private static String known(List<Manifest> all) {
        return all.isEmpty()
                ? "none"
                : all.getFirst().getVersion() + " to " + all.getLast().getVersion();
    }

    private static String json(Manifest manifest) {
        var text = new StringWriter();
        var pretty = new ObjectWriteContext.Base() {
            @Override
            public DefaultPrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter();
            }
        };
        try (var json = new JsonFactory().createGenerator(pretty, text)) {
            json.writeStartObject();
            ManifestJson.write(manifest, json);
            json.writeEndObject();
        }
        return text.toString();
    }

    /// Of all versions that are there, in the versions topic or kept longer, the oldest first.
    private static List<Manifest> manifests(Broker kafka, Map<String, Object> properties, Spec spec, String lineage) {
        var manifests = new TreeMap<Long, Manifest>();
        if (!kafka.ends(spec.topic(lineage, "kept")).isEmpty()) {
            read(properties, spec.topic(lineage, "kept"), manifests);
        }
        read(properties, spec.topic(lineage, "versions"), manifests);
        return List.copyOf(manifests.values());
    }

    private static void read(Map<String, Object> properties, String topic, Map<Long, Manifest> into) {
        try (var reader = TopicReader.glance(properties, topic)) {
            reader.read(record -> {
                if (record.value() == null) {
                    into.remove(KeptVersions.version(record.key())); // no longer kept
                } else if (Wire.decode(VersionRecord.getDecoder(), record.value())
                                .getBody()
                        instanceof Manifest manifest) {
                    into.put(manifest.getVersion(), manifest);
                }
                return true;
            });
        }
    }
}
