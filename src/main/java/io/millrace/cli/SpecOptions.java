package io.millrace.cli;

import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/// Which model.
final class SpecOptions {
    @Option(
            names = "--spec",
            paramLabel = "FILE",
            required = true,
            description = "The model's spec, such as flights.yaml.")
    private Path file;

    /// @throws io.millrace.spec.SpecException if there is none, or a fault in it
    Spec spec() {
        return SpecReader.read(file);
    }

    /// @param check what this machine asks of it
    /// @throws io.millrace.spec.SpecException if there is none, or a fault in it
    Spec spec(Consumer<Spec> check) {
        return SpecReader.read(file, check);
    }
}
