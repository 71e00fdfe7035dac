package io.millrace.serve;

/// Why a server can't start or stop; a sentence for whoever started it.
public final class ServeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ServeException(String message, Throwable cause) {
        super(message, cause);
    }
}
