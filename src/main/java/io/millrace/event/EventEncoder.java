package io.millrace.event;

/// Turns a row into the bytes of one event. One a thread.
interface EventEncoder {
    /// @throws BadEvent if the row holds what the format or schema has no place for
    byte[] encode(Row row);
}
