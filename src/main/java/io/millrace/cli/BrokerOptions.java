package io.millrace.cli;

import io.millrace.broker.EmbeddedBroker;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where the embedded broker keeps its data and listens.
final class BrokerOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "millrace-data",
            description = "Data of the embedded broker; a second start continues there (default: ${DEFAULT-VALUE}).")
    private Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description =
                    "Where the embedded broker listens, on 127.0.0.1; 0 takes a free port (default: ${DEFAULT-VALUE}).")
    private int port;

    Path data() {
        return data;
    }

    /// @throws CommandException if the port is none, or in use
    /// @throws io.millrace.broker.BrokerException if the directory is in use
    EmbeddedBroker start() {
        Listening.requireFree("--port", EmbeddedBroker.HOST, port);
        return EmbeddedBroker.start(data.resolve("broker"), port);
    }
}
