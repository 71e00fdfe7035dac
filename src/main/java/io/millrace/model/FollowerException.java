package io.millrace.model;

/// Versions are not followed any more, and a restart is the way out.
public final class FollowerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FollowerException(String message, Throwable cause) {
        super(message, cause);
    }
}
