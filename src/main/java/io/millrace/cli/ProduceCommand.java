package io.millrace.cli;

import io.millrace.role.Topics;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "produce",
        description = {
            "Sends the events of a file to the events topic of a spec, in the topic's format.",
            "Without a file: the flights that ship with Millrace. The topic is made if it is missing."
        })
final class ProduceCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description = "CSV with a header, JSON lines or Avro, each also .gz.")
    private @Nullable Path file;

    @Option(names = "--rate", paramLabel = "N", description = "Events a second (default: as fast as they go).")
    private @Nullable Double rate;

    @Option(
            names = "--speed",
            paramLabel = "X",
            description = "In their own time, by the spec's events.time, X times as fast as they happened.")
    private @Nullable Double speed;

    @Mixin
    private MaxOptions max;

    @Option(
            names = "--resume",
            description =
                    "Goes on where a production into this topic was cut off. The topic has one partition, and only this file fills it.")
    private boolean resume;

    @Mixin
    private SpecOptions model;

    @Mixin
    private RenameOptions rename;

    @Mixin
    private ClientOptions client;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        var spec = model.spec();
        var properties = client.properties();
        check(spec);
        var most = max.most();
        if (file == null && !Objects.equals(spec.schemaText(), Flights.spec().schemaText())) {
            throw CommandException.wrong("FILE is missing: expected a file with events of "
                    + spec.events().topic()
                    + ". Only a spec with the schema of the flights can do without, which ship with Millrace");
        }
        try (var stop = new Stop(command.commandLine().getErr());
                var kafka = new Broker(properties)) {
            if (file != null) {
                return produce(spec, properties, file, most, kafka, stop);
            }
            var folder = Files.createTempDirectory("millrace-flights");
            try {
                return produce(spec, properties, Flights.file(folder), most, kafka, stop);
            } finally {
                Files.deleteIfExists(folder.resolve(Flights.FILE));
                Files.deleteIfExists(folder);
            }
        }
    }

    private int produce(Spec spec, Map<String, Object> properties, Path path, long most, Broker kafka, Stop stop)
            throws IOException {
        try (var production = new Production(spec, properties, path, rename.columns())) {
            Topics.ensureEvents(kafka.admin(), spec, 1, Map.of());
            if (resume) {
                production.skip(end(kafka, spec));
            }
            return send(production, most, stop);
        }
    }

    private void check(Spec spec) {
        if (rate != null && speed != null) {
            throw CommandException.wrong("--rate and --speed were given: expected one of them");
        }
        if (rate != null && !(rate > 0)) {
            throw CommandException.wrong("--rate = " + rate + " is out of range: expected more than 0");
        }
        if (speed != null && !(speed > 0)) {
            throw CommandException.wrong("--speed = " + speed + " is out of range: expected more than 0");
        }
        if (speed != null && spec.events().time().isEmpty()) {
            throw CommandException.wrong("--speed needs event times: expected events.time in the spec");
        }
    }

    private static long end(Broker kafka, Spec spec) {
        var ends = kafka.ends(spec.events().topic());
        if (ends.size() != 1) {
            throw CommandException.wrong("--resume: topic " + spec.events().topic() + " has " + ends.size()
                    + " partitions: expected 1, as its end tells how many rows were sent");
        }
        return ends.values().iterator().next();
    }

    private Pace pace(@Nullable Long firstTime) {
        if (rate != null) {
            return Pace.rate(rate);
        }
        return speed == null || firstTime == null ? Pace.FASTEST : Pace.ownTime(speed, firstTime);
    }

    private int send(Production production, long most, Stop stop) throws IOException {
        var display = Display.of(command.commandLine().getErr());
        var start = System.nanoTime();
        var pace = pace(speed == null ? null : production.peek());
        production.send(pace, Long.MAX_VALUE, most, stop, () -> {
            if (display.isDue()) {
                display.show(List.of(told(production, start)));
            }
        });
        display.clear();
        command.commandLine()
                .getOut()
                .println(told(production, start) + ", up to row " + production.row() + " of the file");
        return 0;
    }

    private static String told(Production production, long start) {
        var seconds = Math.max(1e-9, (System.nanoTime() - start) / 1e9);
        return "sent " + Figures.count(production.sent()) + " events in " + Figures.duration(seconds) + " ("
                + Figures.rate(production.sent() / seconds) + ")";
    }
}
