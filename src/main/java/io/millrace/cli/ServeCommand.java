package io.millrace.cli;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.model.ModelFiles;
import io.millrace.model.VersionException;
import io.millrace.serve.ModelServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(
        name = "serve",
        description = {
            "Answers with a model from files, as `millrace replay --out` writes them, until it is stopped.",
            "To answer with what a stream teaches: millrace run --roles serve."
        })
final class ServeCommand implements Callable<Integer> {
    @Option(names = "--model", paramLabel = "DIR", required = true, description = "Where the files are.")
    private Path directory;

    @Mixin
    private ServerOptions options;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        var model = read();
        try (var stop = new Stop(command.commandLine().getErr());
                var server = new ModelServer(
                        options.free(), () -> model, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            var out = command.commandLine().getOut();
            out.println("serving " + model.name() + ", listening on port " + server.port());
            out.flush();
            stop.await(Long.MAX_VALUE);
        }
        return 0;
    }

    private io.millrace.model.Model read() throws IOException {
        try {
            return ModelFiles.read(directory);
        } catch (VersionException e) {
            throw CommandException.wrong(String.valueOf(e.getMessage()));
        }
    }
}
