package io.millrace.spec;

/// A fault of a spec. The message is what a user reads: key = value, what is wrong, what was expected; then file and
/// line; then what to do.
public final class SpecException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SpecException(String message) {
        super(message);
    }

    /// @param fault the first line; what follows it, if anything, says what to do and comes last
    /// @param where such as `flights.yaml, line 14`
    static SpecException of(String fault, String where) {
        var lines = fault.split("\n", 2);
        var advice = lines.length == 1 ? "" : "\n  " + lines[1].strip().replaceAll("\n\\s*", "\n  ");
        return new SpecException(lines[0] + "\n  in " + where + advice);
    }
}
