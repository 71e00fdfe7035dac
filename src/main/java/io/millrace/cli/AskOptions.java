package io.millrace.cli;

import io.millrace.schema.Command;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.spec.Durations;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Option;

/// Who asks the gate, and how long to wait for its answer.
final class AskOptions {
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

    /// Asks the gate, and waits for its decision.
    ///
    /// @param command to be signed
    /// @throws CommandException if the gate refuses, or there is none
    Decision ask(Map<String, Object> client, Spec spec, Command.Builder command) {
        var decision = new GateClient(client, spec).ask(command.setBy(by), patience());
        if (decision.getKind() == DecisionKind.REFUSE) {
            throw CommandException.wrong("the gate refused: " + decision.getWhy());
        }
        return decision;
    }

    /// @throws CommandException if it is no duration
    Duration patience() {
        var patience = Durations.parse(timeout);
        if (patience == null) {
            throw CommandException.wrong("--timeout = " + timeout + " is no duration: expected one such as 30s");
        }
        if (patience.isZero()) {
            throw CommandException.wrong("--timeout = " + timeout + " is no time to wait: expected one such as 30s");
        }
        return patience;
    }
}
