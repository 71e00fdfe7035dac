package io.millrace.cli;

import io.millrace.spec.SpecReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(
        name = "spec",
        description = "Prints every key of a spec with its meaning and default.",
        footer = {"", "A way to begin: millrace spec --example > flights.yaml"})
final class SpecCommand implements Callable<Integer> {
    @Option(names = "--example", description = "Prints the spec of the flight example instead.")
    private boolean example;

    @Option(names = "--check", paramLabel = "FILE", description = "Reads a spec and prints what it comes to, as JSON.")
    private @Nullable Path check;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        var out = command.commandLine().getOut();
        if (check != null) {
            out.println(SpecReader.read(check).toJson());
        } else {
            out.print(SpecReader.resourceText(example ? "flights.yaml" : "defaults.yaml"));
        }
        out.flush();
        return 0;
    }
}
