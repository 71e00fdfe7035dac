package io.millrace.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Walks one Avro datum in binary encoding (Avro 1.12 specification, *Binary encoding*), setting the slots that its
/// compiled type names and stepping over the rest. Every read is checked against the end of the event: no input throws
/// anything but [BadEvent], takes longer than its length, or allocates. One a thread.
final class AvroReader {
    /// Deeper ones are refused: a schema may hold itself.
    static final int DEEPEST = 100;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final boolean quoting;
    private byte[] bytes = new byte[0];
    private int position;
    private int end;
    private String field = "";

    /// @param quoting whether messages may hold what was read: in an event that is not what its schema says it may be
    ///     part of any field
    AvroReader(boolean quoting) {
        this.quoting = quoting;
    }

    /// Reads a record that starts at `offset`.
    ///
    /// @param end where the bytes end
    /// @return where the record ends
    int read(AvroType record, byte[] bytes, int offset, int end, Row row) {
        this.bytes = bytes;
        this.position = offset;
        this.end = end;
        for (int i = 0; i < record.parts.length; i++) {
            field = record.names[i];
            value(record.parts[i], row, 1);
        }
        return position;
    }

    private void value(AvroType type, Row row, int depth) {
        int slot = type.slot;
        switch (type.kind) {
            case NULL -> {}
            case INT, LONG -> {
                long number = readLong();
                if (type.kind == AvroType.Kind.INT && number != (int) number) {
                    throw bad(" = " + quoted(number) + " is no int");
                }
                if (slot >= 0) {
                    row.setLong(slot, number);
                }
            }
            case TEXT -> {
                int length = readLength();
                if (slot >= 0) {
                    row.setText(slot, bytes, position, length);
                }
                position += length;
            }
            case UNION -> {
                long branch = readLong();
                if (branch < 0 || branch >= type.parts.length) {
                    throw bad(" has branch " + quoted(branch) + " of a union of " + type.parts.length);
                }
                nested(type.parts[(int) branch], row, depth);
            }
            case FLOAT -> {
                int at = advance(4);
                if (slot >= 0) {
                    row.setFloat(slot, Float.intBitsToFloat((int) INT.get(bytes, at)));
                }
            }
            case DOUBLE -> {
                int at = advance(8);
                if (slot >= 0) {
                    row.setDouble(slot, Double.longBitsToDouble((long) LONG.get(bytes, at)));
                }
            }
            case BOOLEAN -> {
                byte truth = bytes[advance(1)];
                if ((truth & ~1) != 0) {
                    throw bad(" = " + quoted(truth) + " is no boolean");
                }
                if (slot >= 0) {
                    row.setBoolean(slot, truth == 1);
                }
            }
            case ENUM -> {
                long symbol = readLong();
                if (symbol < 0 || symbol >= type.symbols.length) {
                    throw bad(" has symbol " + quoted(symbol) + " of an enum of " + type.symbols.length);
                }
                if (slot >= 0) {
                    var text = type.symbols[(int) symbol];
                    row.setText(slot, text, 0, text.length);
                }
            }
            case FIXED -> advance(type.size);
            case RECORD -> {
                for (var part : type.parts) {
                    nested(part, row, depth);
                }
            }
            case ARRAY, MAP -> skipBlocks(type, row, depth);
        }
    }

    private void nested(AvroType type, Row row, int depth) {
        if (depth == DEEPEST) {
            throw bad(" is nested deeper than " + DEEPEST);
        }
        value(type, row, depth + 1);
    }

    /// Arrays and maps come in blocks of a count and so many elements; a negative count is followed by the block's size
    /// in bytes.
    private void skipBlocks(AvroType type, Row row, int depth) {
        var element = type.parts[0];
        for (long count = readLong(); count != 0; count = readLong()) {
            if (count < 0) {
                advance(readLength());
            } else if (type.kind == AvroType.Kind.MAP || !element.weightless) {
                // Each element takes a byte or more, so the end of the event stops any count.
                for (long i = 0; i < count; i++) {
                    if (type.kind == AvroType.Kind.MAP) {
                        advance(readLength());
                    }
                    nested(element, row, depth);
                }
            }
        }
    }

    private int readLength() {
        long length = readLong();
        if (length < 0) {
            throw bad(" has a length of " + quoted(length));
        }
        if (length > end - position) {
            throw truncated();
        }
        return (int) length;
    }

    private int advance(int size) {
        if (size > end - position) {
            throw truncated();
        }
        int at = position;
        position += size;
        return at;
    }

    /// A zig-zag number of 1 to 10 bytes, 7 bits each, lowest first.
    private long readLong() {
        int at = position;
        if (at < end && bytes[at] >= 0) {
            position = at + 1;
            long zigzag = bytes[at];
            return (zigzag >>> 1) ^ -(zigzag & 1);
        }
        long zigzag = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw truncated();
            }
            byte b = bytes[at++];
            zigzag |= (b & 0x7fL) << shift;
            if (b >= 0) {
                position = at;
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw bad(" has a number of more than 10 bytes");
    }

    private String quoted(long number) {
        return quoting ? Long.toString(number) : BadEvent.REDACTED;
    }

    private BadEvent truncated() {
        return bad(" lies beyond the end of the event");
    }

    private BadEvent bad(String what) {
        return new BadEvent("field " + field + what);
    }
}
