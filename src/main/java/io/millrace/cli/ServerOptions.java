package io.millrace.cli;

import io.millrace.serve.ServeConfig;
import picocli.CommandLine.Option;

/// Where the server listens.
final class ServerOptions {
    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Where the server answers; 0 takes a free port (default: ${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "What the server listens on; 0.0.0.0 is all of this machine (default: ${DEFAULT-VALUE}).")
    private String host;

    /// @throws CommandException if a value is out of range
    ServeConfig config() {
        if (host.isBlank()) {
            throw CommandException.wrong("--host is blank: expected a name or an address");
        }
        Listening.requirePort("--http-port", httpPort);
        return ServeConfig.defaults().withHost(host).withPort(httpPort);
    }

    /// The same, once it is sure that a server can listen there.
    ///
    /// @throws CommandException if a value is out of range, or the port is in use
    ServeConfig free() {
        var config = config();
        Listening.requireFree("--http-port", host, httpPort);
        return config;
    }
}
