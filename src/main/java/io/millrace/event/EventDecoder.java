package io.millrace.event;

/// Turns the bytes of one event into a row. One decoder a thread.
public interface EventDecoder {
    /// Clears `row`, then sets the fields that it names and the event has.
    ///
    /// @throws BadEvent if the bytes are no event of this format and schema
    void decode(byte[] bytes, int offset, int length, Row row);
}
