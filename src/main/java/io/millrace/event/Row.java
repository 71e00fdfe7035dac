package io.millrace.event;

/// One event's named fields, typed. Mutable and reused: a decoder clears it, then sets what the event has.
///
/// A field is missing, a whole number, a number, text or a truth value. Every present field also has a *canonical
/// text*, the bytes
/// that are hashed for categories, groups and ids: text as UTF-8; whole numbers (also `3.0`) in decimal; other numbers
/// as
/// `Double.toString`; `true`, `false`. So the same value hashes alike from Avro, JSON and CSV.
public final class Row {
    public Row(Fields fields) {
        throw new UnsupportedOperationException();
    }

    public Fields fields() {
        throw new UnsupportedOperationException();
    }

    public void clear() {
        throw new UnsupportedOperationException();
    }

    public void setLong(int slot, long value) {
        throw new UnsupportedOperationException();
    }

    public void setDouble(int slot, double value) {
        throw new UnsupportedOperationException();
    }

    public void setBoolean(int slot, boolean value) {
        throw new UnsupportedOperationException();
    }

    /// Refers to `bytes` without copying: they must stay as they are while the row is in use.
    public void setText(int slot, byte[] bytes, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    public boolean isMissing(int slot) {
        throw new UnsupportedOperationException();
    }

    /// The number in a slot. Text that is a number counts as one (CSV has only text).
    ///
    /// @throws BadEvent if the field is present but no number, not finite, or beyond ±1e15; if it is missing:
    ///     check first
    public double number(int slot) {
        throw new UnsupportedOperationException();
    }

    /// The array that holds the canonical text of a present field, from [#textOffset] on, [#textLength] bytes.
    public byte[] text(int slot) {
        throw new UnsupportedOperationException();
    }

    public int textOffset(int slot) {
        throw new UnsupportedOperationException();
    }

    public int textLength(int slot) {
        throw new UnsupportedOperationException();
    }
}
