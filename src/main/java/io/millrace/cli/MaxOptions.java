package io.millrace.cli;

import picocli.CommandLine.Option;

/// How much of what there is.
final class MaxOptions {
    @Option(names = "--max", paramLabel = "N", description = "Records, at most (default: all).")
    private long most = Long.MAX_VALUE;

    /// @throws CommandException if it is negative
    long most() {
        if (most < 0) {
            throw CommandException.wrong("--max = " + most + " is out of range: expected 0 or more");
        }
        return most;
    }
}
