package io.millrace.event;

/// An event that cannot be used. Its message is the reason in the dead letter: it names the field, the value
/// (escaped and truncated, see [#quote]) and what was expected. Carries no stack trace: bad events come at full rate.
public final class BadEvent extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param reason one sentence such as `delay = "abc" is not a number`
    public BadEvent(String reason) {
        super(reason, null, false, false);
    }

    /// A value as it may stand in a message: in double quotes, control and non-ASCII characters escaped, at most 64
    /// characters.
    public static String quote(CharSequence value) {
        throw new UnsupportedOperationException();
    }
}
