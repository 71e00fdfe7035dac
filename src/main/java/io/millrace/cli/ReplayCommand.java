package io.millrace.cli;

import io.millrace.model.ModelFiles;
import io.millrace.model.Publisher;
import io.millrace.replay.BlockLog;
import io.millrace.replay.EventLog;
import io.millrace.replay.FileSource;
import io.millrace.replay.LossCurve;
import io.millrace.replay.Replay;
import io.millrace.replay.Source;
import io.millrace.role.TrainRole;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "replay",
        description = {
            "Learns a log or files as fast as this machine can, and prints the digest of the weights and the metrics.",
            "Files (CSV with a header, JSON lines, Avro, each also .gz) need no broker. Without files it reads Kafka: the train blocks "
                    + "of a lineage, which give the bits of the live trainer, or the events themselves. Nothing is written to Kafka."
        })
final class ReplayCommand implements Callable<Integer> {
    /// What to read of Kafka.
    enum Log {
        BLOCKS,
        EVENTS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Which groups to learn from.
    enum Share {
        SPEC,
        ALL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Files of events, read one after the other.")
    private List<Path> files = List.of();

    @Option(
            names = "--read",
            paramLabel = "LOG",
            defaultValue = "blocks",
            description = "Of Kafka: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Log log;

    @Option(
            names = "--train-share",
            paramLabel = "SHARE",
            defaultValue = "spec",
            description = "Groups to learn from: as the spec says, or all, also those of validation and test: "
                    + "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Share share;

    @Option(names = "--out", paramLabel = "DIR", description = "Writes the model there, as files that can be served.")
    private @Nullable Path out;

    @Option(names = "--curve", paramLabel = "FILE", description = "Writes the progressive loss there, as CSV.")
    private @Nullable Path curve;

    @Mixin
    private SpecOptions model;

    @Mixin
    private LineageOptions lineages;

    @Mixin
    private RangeOptions range;

    @Mixin
    private RenameOptions rename;

    @Mixin
    private KernelOptions kernel;

    @Mixin
    private ClientOptions client;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        var spec = shared(model.spec(
                read -> TrainRole.checkMemory(read, Runtime.getRuntime().maxMemory())));
        var times = range.times();
        if (!files.isEmpty() && client.isGiven()) {
            throw CommandException.wrong("files and a broker were given: expected one of them");
        }
        var choice = kernel.choice(spec);
        try (var source = source(spec);
                var points = curve == null ? null : new LossCurve(curve, loss(spec))) {
            var learned = source instanceof BlockLog blocks ? blocks.spec(spec) : spec;
            var report = new ReplayReport(
                    command.commandLine().getOut(),
                    Display.of(command.commandLine().getErr()));
            try (var replay = new Replay(learned, times, points, choice)) {
                report.end(replay.run(source, report));
                write(learned, replay);
                if (replay.trainer().examples() == 0) {
                    throw CommandException.failed("nothing was learned: expected events with a label, the field "
                            + learned.label().field() + ", in groups to learn from");
                }
            }
        }
        return 0;
    }

    private static String loss(Spec spec) {
        return spec.learn().outcome().metric();
    }

    private Spec shared(Spec spec) {
        if (share == Share.SPEC) {
            return spec;
        }
        if (files.isEmpty() && log == Log.BLOCKS) {
            throw CommandException.wrong(
                    "--train-share = all does not go with blocks, as they hold the groups of one split: "
                            + "expected files, or --read events");
        }
        return spec.withSplit(spec.split().withShares(1, 0, 0));
    }

    private Source source(Spec spec) {
        if (!files.isEmpty()) {
            return new FileSource(spec, files, range.offsets(), rename.columns());
        }
        if (!client.isGiven()) {
            throw CommandException.wrong(
                    "nothing to replay was given: expected FILE, or --bootstrap-servers HOST:PORT" + " to read Kafka");
        }
        var properties = client.properties();
        try (var _ = new Broker(properties)) {
            return log == Log.BLOCKS
                    ? new BlockLog(properties, spec.topic(lineages.lineage(), "train"), range.offsets())
                    : new EventLog(properties, spec, range.offsets());
        }
    }

    private void write(Spec spec, Replay replay) throws IOException {
        if (out == null) {
            return;
        }
        var version = new Publisher(spec, lineages.lineage(), 0, List.of()).cut(replay.trainer(), replay.logOffset());
        if (version.isEmpty()) {
            throw CommandException.failed("nothing was learned: no model was written to " + out);
        }
        ModelFiles.write(out, version);
        command.commandLine().getOut().println("written to  " + out);
    }
}
