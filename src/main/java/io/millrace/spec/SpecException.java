package io.millrace.spec;

/// A fault of a spec. The message is what a user reads: key = value, what is wrong, what was expected; then file and
/// line; then what to do.
public final class SpecException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SpecException(String message) {
        super(message);
    }
}
