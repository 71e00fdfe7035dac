package io.millrace.cli;

/// A command can't do what it was asked to. The message is what the user reads, and the exit code says whose fault it
/// is.
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Something failed.
    static final int FAILED = 1;

    /// The command or its configuration is wrong.
    static final int WRONG = 2;

    private final int exitCode;

    private CommandException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    private CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static CommandException failed(String message, Throwable cause) {
        return new CommandException(FAILED, message, cause);
    }

    static CommandException failed(String message) {
        return new CommandException(FAILED, message);
    }

    static CommandException wrong(String message) {
        return new CommandException(WRONG, message);
    }

    int exitCode() {
        return exitCode;
    }
}
