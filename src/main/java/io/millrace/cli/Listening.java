package io.millrace.cli;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Whether an address can be listened on: asked before anything is made or started, so that nothing need be undone.
final class Listening {
    private Listening() {}

    /// @param option that gave the port, for the message
    /// @throws CommandException if the port is none
    static void requirePort(String option, int port) {
        if (port < 0 || port > 65_535) {
            throw CommandException.wrong(option + " = " + port + " is out of range: expected 0 to 65535");
        }
    }

    /// @param port 0 is always free
    /// @throws CommandException if the port is none, or can't be had
    static void requireFree(String option, String host, int port) {
        requirePort(option, port);
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw CommandException.wrong(
                    "--host = " + host + " is not known: expected a name or address of this machine");
        }
        try (var probe = new ServerSocket()) {
            probe.bind(address, 1);
        } catch (IOException e) {
            throw CommandException.wrong(option + " = " + port + why(e, host, port));
        }
    }

    private static String why(IOException failure, String host, int port) {
        var message = String.valueOf(failure.getMessage());
        if (failure instanceof BindException && message.contains("in use")) {
            return " is in use: another program listens on " + host + ":" + port
                    + ". Stop it, or choose another port (0 takes a free one)";
        }
        return " can't be listened on at " + host + ": " + message;
    }
}
