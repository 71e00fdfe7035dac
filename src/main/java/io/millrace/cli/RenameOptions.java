package io.millrace.cli;

import java.util.Map;
import picocli.CommandLine.Option;

/// What the columns of files are called in the spec.
final class RenameOptions {
    @Option(
            names = "--rename",
            paramLabel = "COLUMN=FIELD",
            description = "A column of a CSV file, and the spec's name for it. May be given again.")
    private Map<String, String> columns = Map.of();

    Map<String, String> columns() {
        return columns;
    }
}
