package io.millrace.cli;

import io.millrace.schema.Command;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.spec.Durations;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Who asks the gate for something, and why.
final class OperatorOptions {
    private static final Pattern VERSION = Pattern.compile("(?:([a-z0-9-]{1,64})/)?([1-9][0-9]{0,17})");

    @Mixin
    private SpecOptions model;

    @Mixin
    private ClientOptions client;

    @Option(
            names = "--why",
            paramLabel = "TEXT",
            required = true,
            description = "The reason, for the decision that answers.")
    private String why;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who asks, for the decision (default: the name of the system's user).")
    private String by = System.getProperty("user.name", "unknown");

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long to wait for the gate's answer (default: ${DEFAULT-VALUE}).")
    private String timeout;

    /// A version as it is written, such as `main/41`, or `41` of the lineage that serves.
    record Version(@Nullable String lineage, long number) {
        /// @throws CommandException if `text` writes none
        static Version parse(String text) {
            var form = VERSION.matcher(text);
            if (!form.matches()) {
                throw CommandException.wrong(
                        "VERSION = " + text + " is no version: expected one such as main/41, or 41");
            }
            return new Version(form.group(1), Long.parseLong(form.group(2)));
        }
    }

    /// A command signed with who and why, to be filled in.
    Command.Builder command() {
        return Command.newBuilder().setBy(by).setWhy(why);
    }

    /// Asks the gate, and waits for its decision.
    ///
    /// @return a line that tells what serves now
    /// @throws CommandException if the gate refuses, or there is none
    String ask(Command.Builder command) {
        var patience = Durations.parse(timeout);
        if (patience == null) {
            throw CommandException.wrong("--timeout = " + timeout + " is no duration: expected one such as 30s");
        }
        var decision = new GateClient(client.properties(), model.spec()).ask(command, patience);
        if (decision.getKind() == DecisionKind.REFUSE) {
            throw CommandException.wrong("the gate refused: " + decision.getWhy());
        }
        return "decision " + decision.getNumber() + ": " + serving(decision);
    }

    /// `main, the newest version` or `main/41, pinned by anna`.
    static String serving(Decision decision) {
        var champion = decision.getChampion();
        return champion.getLineage() + mode(champion.getVersion(), champion);
    }

    private static String mode(@Nullable Long version, io.millrace.schema.Champion champion) {
        return switch (champion.getMode()) {
            case FOLLOW -> ", the newest version, serves";
            case TRIPPED -> "/" + version + ", the anchor, serves";
            case PINNED -> "/" + version + " serves, pinned by " + champion.getBy();
        };
    }
}
