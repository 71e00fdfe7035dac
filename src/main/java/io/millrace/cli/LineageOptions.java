package io.millrace.cli;

import picocli.CommandLine.Option;

/// Which lineage of a model.
final class LineageOptions {
    @Option(
            names = "--lineage",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "One data and learning spec from its first event on (default: ${DEFAULT-VALUE}).")
    private String lineage;

    /// @throws CommandException if it can't be in the name of a topic
    String lineage() {
        return checked("--lineage", lineage);
    }

    /// @param option that gives the name
    /// @throws CommandException if it can't be in the name of a topic
    static String checked(String option, String lineage) {
        if (!lineage.matches("[a-z0-9-]{1,64}")) {
            throw CommandException.wrong(option + " = " + lineage
                    + " is no name: expected lower-case letters, digits and hyphens, at most 64");
        }
        return lineage;
    }
}
