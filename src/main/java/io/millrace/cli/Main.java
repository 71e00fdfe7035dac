package io.millrace.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `millrace` command; what it does is in its subcommands.
@Command(
        name = "millrace",
        description = "Streaming online learning on Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:the command or its configuration is wrong"})
public final class Main implements Runnable {
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    /// Without a subcommand there is nothing to do but say what there is.
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
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
