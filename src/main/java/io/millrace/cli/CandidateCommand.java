package io.millrace.cli;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.role.Topics;
import io.millrace.role.TrainRole;
import io.millrace.schema.CommandKind;
import io.millrace.schema.LineageState;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecDifference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "candidate",
        description =
                "Runs a lineage with another spec beside the one that serves; the gate promotes it if it is better.",
        subcommands = {CandidateCommand.Start.class, CandidateCommand.Halt.class, CandidateCommand.Delete.class},
        synopsisSubcommandLabel = "COMMAND")
final class CandidateCommand implements Runnable {
    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(
                command.commandLine(), "a command is missing: expected start, stop or delete");
    }

    /// The name of a lineage, as a parameter.
    static final class Name {
        @Parameters(paramLabel = "NAME", description = "Of the lineage, such as fresh.")
        private String name;

        /// @throws CommandException if it can't be in the name of a topic
        String checked() {
            return LineageOptions.checked("NAME", name);
        }
    }

    @Command(
            name = "start",
            description = {
                "Learns with this spec from the first event on, and has the gate judge it beside what serves, until it is stopped.",
                "A spec that differs in how it learns only learns from the blocks of the lineage that serves; else it makes its own of "
                        + "the events. A second start of the same goes on."
            })
    static final class Start implements Callable<Integer> {
        private static final long HEAP = Runtime.getRuntime().maxMemory();

        @Mixin
        private Name name;

        @Mixin
        private SpecOptions model;

        @Mixin
        private ClientOptions client;

        @Option(
                names = "--why",
                paramLabel = "TEXT",
                defaultValue = "a candidate",
                description = "The reason, for the gate's decision (default: ${DEFAULT-VALUE}).")
        private String why;

        @Mixin
        private AskOptions ask;

        @Mixin
        private RoleOptions options;

        @Mixin
        private KernelOptions kernel;

        @picocli.CommandLine.Spec
        private CommandSpec command;

        @Override
        public Integer call() {
            var spec = model.spec(read -> TrainRole.checkMemory(read, HEAP));
            var lineage = name.checked();
            var properties = client.properties();
            options.check();
            var _ = ask.patience();
            var _ = kernel.choice(spec); // before the gate hears of a candidate that can't run here
            try (var stop = new Stop(command.commandLine().getErr());
                    var kafka = new Broker(properties)) {
                return run(kafka, properties, spec, lineage, stop);
            }
        }

        private int run(Broker kafka, Map<String, Object> properties, Spec spec, String lineage, Stop stop) {
            var standing = GateStanding.read(kafka, properties, spec);
            var known = standing.lineage(lineage);
            var blocks = known.map(LineageState::getBlocks)
                    .orElseGet(() -> blocks(kafka, properties, spec, lineage, standing.blocks()));
            var roles = blocks.equals(lineage) ? List.of(RoleName.SPLIT, RoleName.TRAIN) : List.of(RoleName.TRAIN);
            var words = RoleName.topics(roles);
            if (!blocks.equals(lineage)) {
                words.remove("train");
            }
            Topics.ensure(kafka.admin(), spec, lineage, words);
            if (!standing.serves(lineage)
                    && !known.map(LineageState::getCandidate).orElse(false)) {
                var wanted = io.millrace.schema.Command.newBuilder()
                        .setKind(CommandKind.CANDIDATE)
                        .setLineage(lineage)
                        .setBlocks(blocks)
                        .setSpec(spec.toJson())
                        .setWhy(why);
                say("decision " + ask.ask(properties, spec, wanted).getNumber() + ": " + lineage + " is judged beside "
                        + standing.champion().getLineage());
            }
            say(lineage + " learns from " + (blocks.equals(lineage) ? "blocks of its own" : "the blocks of " + blocks));
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var settings = options.settings(properties, lineage, registry, null)
                    .withBlocks(blocks)
                    .withKernel(kernel.choice(spec, command.commandLine().getErr()));
            return new LineageRun(
                            kafka, spec, settings, roles, command.commandLine().getErr())
                    .run(ServeConfig.defaults(), registry, stop);
        }

        /// Whose blocks a lineage that the gate does not know learns from.
        private String blocks(Broker kafka, Map<String, Object> properties, Spec spec, String lineage, String owner) {
            if (hasLog(kafka, spec, lineage)) {
                return lineage;
            }
            if (!hasLog(kafka, spec, owner)) {
                throw CommandException.wrong("lineage " + owner + " of " + spec.model()
                        + " has no log yet: expected one that serves, to be compared with");
            }
            try (var log = new BlockLog(properties, spec.topic(owner, "train"), OffsetRange.ALL)) {
                var difference = SpecDifference.ofExamples(log.spec(), spec);
                difference.ifPresent(found ->
                        say(lineage + " makes blocks of its own, as its events become other examples than those of "
                                + owner + ": " + found.key() + " differs"));
                return difference.isPresent() ? lineage : owner;
            }
        }

        private static boolean hasLog(Broker kafka, Spec spec, String lineage) {
            return kafka.ends(spec.topic(lineage, "train")).values().stream().anyMatch(end -> end > 0);
        }

        private void say(String line) {
            command.commandLine().getErr().println(line);
            command.commandLine().getErr().flush();
        }
    }

    @Command(
            name = "stop",
            description = "Has the gate judge a lineage no longer; the processes that learn it end by themselves.")
    static final class Halt implements Callable<Integer> {
        @Mixin
        private Name name;

        @Mixin
        private SpecOptions model;

        @Mixin
        private ClientOptions client;

        @Option(
                names = "--why",
                paramLabel = "TEXT",
                defaultValue = "not needed any longer",
                description = "The reason, for the gate's decision (default: ${DEFAULT-VALUE}).")
        private String why;

        @Mixin
        private AskOptions ask;

        @picocli.CommandLine.Spec
        private CommandSpec command;

        @Override
        public Integer call() {
            var wanted = io.millrace.schema.Command.newBuilder()
                    .setKind(CommandKind.STOP)
                    .setLineage(name.checked())
                    .setWhy(why);
            var decision = ask.ask(client.properties(), model.spec(), wanted);
            var out = command.commandLine().getOut();
            out.println("decision " + decision.getNumber() + ": " + name.checked() + " is stopped; "
                    + OperatorOptions.serving(decision));
            out.flush();
            return 0;
        }
    }

    @Command(
            name = "delete",
            description =
                    "Removes the topics and groups of a lineage that is stopped: blocks, versions, metrics, state. Its ledger stays.")
    static final class Delete implements Callable<Integer> {
        @Mixin
        private Name name;

        @Mixin
        private SpecOptions model;

        @Mixin
        private ClientOptions client;

        @picocli.CommandLine.Spec
        private CommandSpec command;

        @Override
        public Integer call() {
            var spec = model.spec();
            var lineage = name.checked();
            var properties = client.properties();
            try (var kafka = new Broker(properties)) {
                refuse(spec, lineage, GateStanding.read(kafka, properties, spec));
                var there = kafka.topics();
                var topics = Topics.ofLineage(spec, lineage).stream()
                        .filter(there::contains)
                        .sorted()
                        .toList();
                if (topics.isEmpty()) {
                    throw CommandException.wrong("lineage " + lineage + " of " + spec.model()
                            + " is not there: expected topics such as " + spec.topic(lineage, "versions"));
                }
                kafka.delete(topics, List.of(spec.topic(lineage, "split"), spec.topic(lineage, "train")));
                var out = command.commandLine().getOut();
                topics.forEach(topic -> out.println("deleted " + topic));
                if (there.contains(spec.topic(lineage, "ledger"))) {
                    out.println(
                            "kept    " + spec.topic(lineage, "ledger") + ", which says how often test was looked at");
                }
                out.flush();
            }
            return 0;
        }

        private static void refuse(Spec spec, String lineage, GateStanding standing) {
            if (!standing.isKnown()) {
                throw CommandException.wrong("no gate of " + spec.model() + " has judged anything yet: whether "
                        + lineage + " serves is not known.\n  Run one: millrace run --roles gate.");
            }
            if (standing.serves(lineage)) {
                throw CommandException.wrong(lineage + " serves: expected a lineage that does not."
                        + "\n  Promote another first: millrace models promote.");
            }
            if (standing.lineage(lineage).isPresent()) {
                throw CommandException.wrong(lineage + " is judged by the gate of " + spec.model()
                        + ": expected a lineage that is stopped.\n  millrace candidate stop " + lineage);
            }
            standing.reader(lineage).ifPresent(reader -> {
                throw CommandException.wrong(reader + " learns from the blocks of " + lineage
                        + ": expected a lineage whose blocks nobody reads.\n  Stop " + reader + " first, or keep "
                        + lineage + ".");
            });
        }
    }
}
