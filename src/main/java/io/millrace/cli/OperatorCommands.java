package io.millrace.cli;

import io.millrace.schema.CommandKind;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/// What an operator may ask of the gate. Each returns when the gate has decided.
final class OperatorCommands {
    private OperatorCommands() {}

    /// What they have in common.
    abstract static class Operation implements Callable<Integer> {
        @Mixin
        private OperatorOptions options;

        @picocli.CommandLine.Spec
        private CommandSpec command;

        abstract void fill(io.millrace.schema.Command.Builder wanted);

        @Override
        public Integer call() {
            var wanted = options.command();
            fill(wanted);
            command.commandLine().getOut().println(options.ask(wanted));
            command.commandLine().getOut().flush();
            return 0;
        }

        static void name(io.millrace.schema.Command.Builder wanted, String version) {
            var named = OperatorOptions.Version.parse(version);
            wanted.setLineage(named.lineage()).setVersion(named.number());
        }
    }

    @Command(name = "promote", description = "Serves the newest versions of another lineage.")
    static final class Promote extends Operation {
        @Parameters(paramLabel = "LINEAGE", description = "Its name, such as fresh.")
        private String lineage;

        @Override
        void fill(io.millrace.schema.Command.Builder wanted) {
            wanted.setKind(CommandKind.PROMOTE).setLineage(LineageOptions.checked("LINEAGE", lineage));
        }
    }

    @Command(name = "rollback", description = "Serves an older version, by default the anchor, until `models resume`.")
    static final class Rollback extends Operation {
        @Parameters(paramLabel = "VERSION", arity = "0..1", description = "Such as main/41 (default: the anchor).")
        private @Nullable String version;

        @Override
        void fill(io.millrace.schema.Command.Builder wanted) {
            wanted.setKind(CommandKind.ROLLBACK);
            if (version != null) {
                name(wanted, version);
            }
        }
    }

    @Command(name = "pin", description = "Serves this version, whatever comes, until `models resume`.")
    static final class Pin extends Operation {
        @Parameters(paramLabel = "VERSION", description = "Such as main/41.")
        private String version;

        @Override
        void fill(io.millrace.schema.Command.Builder wanted) {
            wanted.setKind(CommandKind.PIN);
            name(wanted, version);
        }
    }

    @Command(name = "resume", description = "Serves the newest versions again.")
    static final class Resume extends Operation {
        @Override
        void fill(io.millrace.schema.Command.Builder wanted) {
            wanted.setKind(CommandKind.RESUME);
        }
    }
}
