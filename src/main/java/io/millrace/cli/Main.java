package io.millrace.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The `millrace` command; what it does is in its subcommands.
@Command(
        name = "millrace",
        description = "Streaming online learning on Kafka.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            ServeCommand.class,
            ReplayCommand.class,
            EvaluateCommand.class,
            ProduceCommand.class,
            ConsumeCommand.class,
            ModelsCommand.class,
            CandidateCommand.class,
            TopicsCommand.class,
            SpecCommand.class,
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:the command or its configuration is wrong"})
public final class Main implements Runnable {
    @SuppressWarnings("UnusedVariable") // read from the command line by Failures: it works also where parsing failed
    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Shows where a failure happened.")
    private boolean stacktrace;

    @picocli.CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /// Runs a command with its output elsewhere.
    static int execute(PrintWriter out, PrintWriter err, String... args) {
        return commandLine().setOut(out).setErr(err).execute(args);
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .registerConverter(RoleName.class, text -> word(text, RoleName.values()))
                .registerConverter(ReplayCommand.Log.class, text -> word(text, ReplayCommand.Log.values()))
                .registerConverter(ReplayCommand.Share.class, text -> word(text, ReplayCommand.Share.values()))
                .setParameterExceptionHandler(Failures::wrongParameters)
                .setExecutionExceptionHandler(new Failures());
    }

    private static <E extends Enum<E>> E word(String text, E[] known) {
        return Arrays.stream(known)
                .filter(word -> word.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new CommandLine.TypeConversionException(text + " is not known: expected one of "
                        + Arrays.stream(known).map(Enum::toString).collect(Collectors.joining(", "))));
    }

    /// Without a subcommand there is nothing to do but say what there is.
    @Override
    public void run() {
        command.commandLine().usage(command.commandLine().getOut());
    }

    /// The version in the jar's manifest; classes outside a jar have none.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"millrace " + (version == null ? "(not packaged)" : version)};
        }
    }
}
