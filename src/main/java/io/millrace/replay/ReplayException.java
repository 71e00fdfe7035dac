package io.millrace.replay;

/// A log or a file that can't be replayed as asked. The message says what was found and what was expected.
public final class ReplayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ReplayException(String message) {
        super(message);
    }
}
