package io.millrace.cli;

import io.millrace.schema.Command;
import io.millrace.schema.Decision;
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

    @Mixin
    private AskOptions ask;

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

    /// A command with its reason, to be filled in.
    Command.Builder command() {
        return Command.newBuilder().setWhy(why);
    }

    /// Asks the gate, and waits for its decision.
    ///
    /// @return a line that tells what serves now
    /// @throws CommandException if the gate refuses, or there is none
    String ask(Command.Builder command) {
        var _ = ask.patience();
        var decision = ask.ask(client.properties(), model.spec(), command);
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
