package io.millrace.role;

import org.jspecify.annotations.Nullable;

/// A role cannot go on and a restart would not help: says what does not fit, with both figures, and what to do.
public final class RoleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RoleException(String message) {
        super(message);
    }

    public RoleException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
