package io.millrace.cli;

import io.millrace.event.BadEvent;
import io.millrace.role.Rights;
import io.millrace.role.Topics;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(
        name = "topics",
        description = "Makes the topics of a model, shows them, or tells who needs which rights.",
        synopsisSubcommandLabel = "COMMAND")
final class TopicsCommand implements Runnable {
    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(
                command.commandLine(), "a command is missing: expected create, describe or acls");
    }

    @Command(name = "create", description = "Makes those that are missing; the others stay as they are.")
    int create(
            @Mixin SpecOptions model,
            @Mixin LineageOptions lineages,
            @Mixin ClientOptions client,
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "Of the events topic; all others have one (default: ${DEFAULT-VALUE}).")
                    int partitions) {
        var spec = model.spec();
        if (partitions < 1) {
            throw CommandException.wrong("--partitions = " + partitions + " is out of range: expected 1 or more");
        }
        try (var kafka = new Broker(client.properties())) {
            var made = new ArrayList<>(Topics.ensureEvents(kafka.admin(), spec, partitions, Map.of()));
            made.addAll(Topics.ensure(kafka.admin(), spec, lineages.lineage()));
            var out = command.commandLine().getOut();
            made.forEach(name -> out.println("made " + name));
            if (made.isEmpty()) {
                out.println("all topics are there");
            }
            out.flush();
        }
        return 0;
    }

    @Command(name = "describe", description = "Prints a line a topic: its partitions, records and settings.")
    int describe(@Mixin SpecOptions model, @Mixin LineageOptions lineages, @Mixin ClientOptions client) {
        var spec = model.spec();
        try (var kafka = new Broker(client.properties())) {
            var out = command.commandLine().getOut();
            out.println(String.format(
                    "%-40s %10s %14s %14s  %s", "topic", "partitions", "first offset", "next offset", "made with"));
            out.println(line(kafka, spec.events().topic(), ""));
            for (var topic : Topics.of(spec, lineages.lineage())) {
                var settings = new TreeMap<>(topic.settings())
                        .entrySet().stream()
                                .map(setting -> setting.getKey() + "=" + setting.getValue())
                                .collect(Collectors.joining(" "));
                out.println(line(kafka, topic.name(), settings));
            }
            out.flush();
        }
        return 0;
    }

    @Command(
            name = "acls",
            description = "Prints the least rights of each role and of everyone else, as commands that set them.")
    int acls(
            @Mixin SpecOptions model,
            @Mixin LineageOptions lineages,
            @Option(
                            names = "--blocks",
                            paramLabel = "LINEAGE",
                            description = "The lineage whose blocks it learns from (default: its own).")
                    @Nullable
                    String blocks,
            @Option(
                            names = "--principal-prefix",
                            paramLabel = "TEXT",
                            description =
                                    "What each principal begins with; split, train and so on follow (default: User:MODEL-).")
                    @Nullable
                    String prefix) {
        var spec = model.spec();
        var lineage = lineages.lineage();
        var source = LineageOptions.checked("--blocks", Objects.requireNonNullElse(blocks, lineage));
        var begin = Objects.requireNonNullElse(prefix, "User:" + spec.model() + "-");
        if (!begin.matches("[A-Za-z]+:\\P{Cntrl}*")) {
            throw CommandException.wrong("--principal-prefix = " + BadEvent.quote(begin)
                    + " begins no principal: expected one such as User:flights-");
        }
        AclCommands.print(
                new Rights(spec, lineage, source), begin, command.commandLine().getOut());
        return 0;
    }

    private static String line(Broker kafka, String topic, String settings) {
        var ends = kafka.ends(topic);
        var line = ends.isEmpty()
                ? String.format("%-40s %10s", topic, "missing")
                : String.format(
                        "%-40s %10d %14d %14d  %s",
                        topic, ends.size(), sum(kafka.beginnings(topic)), sum(ends), settings);
        return line.stripTrailing();
    }

    private static long sum(Map<?, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }
}
