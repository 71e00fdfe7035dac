package io.millrace.spec;

/// A fault found at a node; [SpecReader] adds the file. The message is the one of [SpecException#of].
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int line;

    Fault(int line, String message) {
        super(message, null, false, false);
        this.line = line;
    }

    /// Line in the file, from 1; 0 where there is none.
    int line() {
        return line;
    }
}
