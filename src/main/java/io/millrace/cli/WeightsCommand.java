package io.millrace.cli;

import io.millrace.event.BadEvent;
import io.millrace.event.EventDecoder;
import io.millrace.event.EventFile;
import io.millrace.event.Row;
import io.millrace.model.FeatureNames;
import io.millrace.model.Model;
import io.millrace.model.ModelFiles;
import io.millrace.replay.VersionLog;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import io.millrace.split.ExampleReading;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "weights",
        description = {
            "Prints the largest weights of a version by the names of their features, which events tell: those of the files, or of the events topic.",
            "The weight of a number is that of its scaled value; factors are not shown.",
        })
final class WeightsCommand implements Callable<Integer> {
    /// A weight, and whose.
    ///
    /// @param output the class that it is of; 0 where there is one only
    private record Weight(int cell, int output, float value) {}

    private static final Comparator<Weight> SMALLEST_FIRST = Comparator.<Weight>comparingDouble(
                    weight -> Math.abs(weight.value))
            .thenComparing(Weight::cell, Comparator.reverseOrder());

    @Parameters(paramLabel = "VERSION", arity = "0..1", description = "Such as main/41, in Kafka.")
    private @Nullable String version;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Instead of VERSION: files, as `millrace replay --out` writes them.")
    private @Nullable Path directory;

    @Option(names = "--spec", paramLabel = "FILE", description = "The model's spec. Needed with VERSION.")
    private @Nullable Path specFile;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Events that tell the names, as `millrace replay` reads them. May be given again "
                    + "(default: the events topic, where a broker is given).")
    private List<Path> files = List.of();

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "50",
            description = "Weights, at most (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Events that are read, at most (default: ${DEFAULT-VALUE}).")
    private long max;

    @Option(
            names = "--names",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Names that are kept, at most (default: ${DEFAULT-VALUE}).")
    private int most;

    @Mixin
    private RenameOptions rename;

    @Mixin
    private ClientOptions client;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    private long read;

    @Override
    public Integer call() throws IOException {
        positive("--top", top);
        positive("--max", max);
        positive("--names", most);
        var model = model();
        var spec = model.spec();
        if (!spec.learn().isExplainable()) {
            throw CommandException.wrong("models weights does not go with learn.learner.kind = mlp: expected linear or"
                    + " factorization-machine, as layers have no weight that is one feature's");
        }
        var row = new Row(spec.fields());
        var names = new FeatureNames(spec, row, most);
        if (!files.isEmpty()) {
            for (var file : files) {
                ofFile(spec, file, row, names);
            }
        } else if (client.isGiven()) {
            ofTopic(spec, row, names);
        } else {
            throw CommandException.wrong(
                    "no events were given: expected --events FILE, or --bootstrap-servers HOST:PORT" + " to read "
                            + spec.events().topic());
        }
        print(model, names);
        return 0;
    }

    private static void positive(String option, long value) {
        if (value < 1) {
            throw CommandException.wrong(option + " = " + value + " is out of range: expected 1 or more");
        }
    }

    private Model model() {
        if ((version == null) == (directory == null)) {
            throw CommandException.wrong("expected one of VERSION, such as main/41, and --model DIR");
        }
        if (directory != null) {
            return ModelFiles.read(directory);
        }
        if (specFile == null) {
            throw CommandException.wrong("--spec is missing: expected the model's spec, such as flights.yaml");
        }
        var wanted = OperatorOptions.Version.parse(Objects.requireNonNull(version));
        var lineage = wanted.lineage();
        if (lineage == null) {
            throw CommandException.wrong(
                    "VERSION = " + version + " names no lineage: expected one such as main/" + version);
        }
        var spec = SpecReader.read(specFile);
        var properties = client.properties();
        try (var _ = new Broker(properties)) {
            var log = new VersionLog(properties, spec.topic(lineage, "versions"), spec.topic(lineage, "kept"));
            return Objects.requireNonNull(log.find(List.of(wanted.number())).get(wanted.number()));
        }
    }

    private void ofFile(Spec spec, Path path, Row row, FeatureNames names) throws IOException {
        try (var file = EventFile.open(path, row.fields(), spec.schemaText(), rename.columns())) {
            while (read < max && file.next()) {
                see(file.decoder(), file.bytes(), file.offset(), file.length(), row, names);
            }
        } catch (IllegalArgumentException e) {
            throw CommandException.wrong(String.valueOf(e.getMessage()));
        }
    }

    private void ofTopic(Spec spec, Row row, FeatureNames names) {
        var properties = client.properties();
        var decoder = spec.reading(row.fields()).decoder();
        try (var _ = new Broker(properties);
                var reader = new TopicReader(properties, spec.events().topic())) {
            reader.read(record -> {
                if (record.value() != null) {
                    see(decoder, record.value(), 0, record.value().length, row, names);
                }
                return read < max;
            });
        }
    }

    /// Bad events have no names; the split says why they are bad.
    private void see(EventDecoder decoder, byte[] bytes, int offset, int length, Row row, FeatureNames names) {
        read++;
        try {
            ExampleReading.requireSize(length);
            decoder.decode(bytes, offset, length, row);
            names.see(row);
        } catch (BadEvent bad) {
            // not its business
        }
    }

    private void print(Model model, FeatureNames names) {
        var out = command.commandLine().getOut();
        var spec = model.spec();
        var classes =
                spec.learn().outcome().isMulticlass() ? spec.label().classes().orElse(List.of()) : List.<String>of();
        var count = 0;
        var largest = new PriorityQueue<>(SMALLEST_FIRST);
        var parameters = new float[spec.learn().parameters()];
        for (var cell = 0; cell < 1 << spec.learn().bits(); cell++) {
            model.copy(cell, parameters, 0);
            for (var k = 0; k < Math.max(1, classes.size()); k++) {
                if (parameters[k] != 0) {
                    count++;
                    largest.add(new Weight(cell, k, parameters[k]));
                    if (largest.size() > top) {
                        largest.remove();
                    }
                }
            }
        }
        out.printf(
                Locale.ROOT,
                "%s, %,d examples: %,d of %,d weights, the largest first%n",
                model.name(),
                model.manifest().getExamples(),
                largest.size(),
                count);
        largest.stream().sorted(SMALLEST_FIRST.reversed()).forEach(weight -> line(weight, classes, names, out));
        out.printf(
                Locale.ROOT,
                "%,d names in %,d events, %,d of them in a cell that has another name%s%n",
                names.size(),
                read,
                names.sharing(),
                names.isFull() ? "; more were left out (--names)" : "");
        out.flush();
    }

    private static void line(Weight weight, List<String> classes, FeatureNames names, PrintWriter out) {
        var there = names.of(weight.cell);
        out.printf(
                Locale.ROOT,
                "%12.6f  %s%s%n",
                weight.value,
                there.isEmpty() ? "cell " + weight.cell + ", which no event named" : String.join(" and ", there),
                classes.isEmpty() ? "" : " -> " + classes.get(weight.output));
    }
}
