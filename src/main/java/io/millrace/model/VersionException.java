package io.millrace.model;

/// A version that must not be served; says which, and both figures.
public final class VersionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public VersionException(String message) {
        super(message);
    }
}
