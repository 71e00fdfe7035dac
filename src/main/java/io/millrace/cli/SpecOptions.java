package io.millrace.cli;

import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Which model.
final class SpecOptions {
    @Option(
            names = "--spec",
            paramLabel = "FILE",
            required = true,
            description = "The model's spec, such as flights.yaml.")
    private Path file;

    @Option(
            names = "--lineage",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "One data and learning spec from its first event on (default: ${DEFAULT-VALUE}).")
    private String lineage;

    /// @throws io.millrace.spec.SpecException if there is none, or a fault in it
    Spec spec() {
        return SpecReader.read(file);
    }

    /// @throws CommandException if it can't be in the name of a topic
    String lineage() {
        return lineage(lineage);
    }

    static String lineage(String name) {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw CommandException.wrong(
                    "--lineage = " + name + " is no name: expected lower-case letters, digits and hyphens, at most 64");
        }
        return name;
    }
}
