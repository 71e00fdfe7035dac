package io.millrace.cli;

import io.millrace.kernel.Kernel;
import io.millrace.kernel.KernelChoice;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/// What a command that learns computes with.
final class KernelOptions {
    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            defaultValue = "auto",
            description = "What learns, with the same bits: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private KernelChoice kernel;

    /// The choice, said with the CPU it was made for: roles run for long.
    ///
    /// @throws CommandException if this JVM can't run it
    KernelChoice choice(PrintWriter err) {
        err.println("kernel " + checked().name() + " on " + KernelChoice.cpu());
        return kernel;
    }

    /// The choice.
    ///
    /// @throws CommandException if this JVM can't run it
    KernelChoice choice() {
        var _ = checked();
        return kernel;
    }

    private Kernel checked() {
        try {
            return kernel.kernel();
        } catch (IllegalStateException e) {
            throw CommandException.wrong("--kernel = " + kernel + " can't run: " + e.getMessage());
        }
    }
}
