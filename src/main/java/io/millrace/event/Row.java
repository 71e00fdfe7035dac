package io.millrace.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// One event's named fields, typed. Mutable and reused: a decoder clears it, then sets what the event has.
///
/// A field is missing, a whole number, a number, text or a truth value. Every present field also has a *canonical
/// text*, the bytes that are hashed for categories, groups and ids: text as UTF-8; whole numbers (also `3.0`) in
/// decimal while a `long` holds them; other numbers as `Double.toString` (`Float.toString` of a float); `true`,
/// `false`. So the same value hashes alike from Avro, JSON and CSV.
///
/// - **Shape**: one slot a field, in the order of [Fields#names]; text of at most [#LONGEST_TEXT] bytes.
/// - **Units**: those of the event.
/// - **Errors**: what a slot can't hold or give is a [BadEvent] that names the field.
public final class Row {
    /// Most bytes of a text value: a row with more would make an example that no block could carry.
    public static final int LONGEST_TEXT = 65_536;

    /// Numbers of features and labels lie in ±this: squares of larger ones overflow a float.
    public static final double LARGEST_NUMBER = 1e15;

    private static final byte MISSING = 0;
    private static final byte WHOLE = 1;
    private static final byte DOUBLE = 2;
    private static final byte FLOAT = 3;
    private static final byte BOOLEAN = 4;
    private static final byte TEXT = 5;
    /// Text that is a number too: `007`, `+5`.
    private static final byte TEXT_WHOLE = 6;
    private static final byte TEXT_DOUBLE = 7;

    private static final byte[] EMPTY = {};
    /// Longest text of a long or a double, rounded up.
    private static final int RENDERED = 32;

    private static final int UNRENDERED = -1;
    /// From here on doubles are no longer whole numbers that fit a long.
    private static final double LONG_END = 0x1p63;

    private final Fields fields;
    private final byte[] kinds;
    private final long[] longs;
    private final double[] doubles;
    private final byte[][] texts;
    private final int[] offsets;
    private final int[] lengths;
    private final byte[] rendered;
    private final NumberReader numbers = new NumberReader();

    public Row(Fields fields) {
        int size = fields.size();
        this.fields = fields;
        kinds = new byte[size];
        longs = new long[size];
        doubles = new double[size];
        texts = new byte[size][];
        offsets = new int[size];
        lengths = new int[size];
        rendered = new byte[size * RENDERED];
        Arrays.fill(texts, EMPTY);
    }

    public Fields fields() {
        return fields;
    }

    public void clear() {
        Arrays.fill(kinds, MISSING);
    }

    /// Takes a value back.
    public void setMissing(int slot) {
        kinds[slot] = MISSING;
    }

    public void setLong(int slot, long value) {
        kinds[slot] = WHOLE;
        longs[slot] = value;
        lengths[slot] = UNRENDERED;
    }

    public void setDouble(int slot, double value) {
        if (value == Math.rint(value) && Math.abs(value) < LONG_END) {
            setLong(slot, (long) value);
        } else {
            kinds[slot] = DOUBLE;
            doubles[slot] = value;
            lengths[slot] = UNRENDERED;
        }
    }

    public void setFloat(int slot, float value) {
        setDouble(slot, value);
        if (kinds[slot] == DOUBLE) {
            kinds[slot] = FLOAT;
        }
    }

    public void setBoolean(int slot, boolean value) {
        kinds[slot] = BOOLEAN;
        longs[slot] = value ? 1 : 0;
        lengths[slot] = UNRENDERED;
    }

    /// Refers to `bytes` without copying: they must stay as they are while the row is in use.
    ///
    /// @throws BadEvent if it is no UTF-8 or longer than [#LONGEST_TEXT]
    public void setText(int slot, byte[] bytes, int offset, int length) {
        if (length > LONGEST_TEXT) {
            throw new BadEvent(name(slot) + " is a text of " + length + " bytes: expected at most " + LONGEST_TEXT);
        }
        if (!Utf8.isValid(bytes, offset, length)) {
            var value = fields.redacts(slot) ? BadEvent.REDACTED : BadEvent.quote(bytes, offset, length);
            throw new BadEvent(name(slot) + " = " + value + " is not UTF-8");
        }
        kinds[slot] = TEXT;
        texts[slot] = bytes;
        offsets[slot] = offset;
        lengths[slot] = length;
    }

    /// Text without a type, such as a cell of CSV: what JSON would take for a number is one, the rest is text that may
    /// still count as a number (`007`). Refers to `bytes` like [#setText].
    ///
    /// @throws BadEvent if it is no UTF-8 or longer than [#LONGEST_TEXT]
    public void setCell(int slot, byte[] bytes, int offset, int length) {
        setText(slot, bytes, offset, length);
        switch (numbers.read(bytes, offset, length)) {
            case WHOLE -> {
                kinds[slot] = numbers.json ? WHOLE : TEXT_WHOLE;
                longs[slot] = numbers.whole;
                if (numbers.whole == 0 && numbers.json) {
                    lengths[slot] = UNRENDERED; // -0
                }
            }
            case FRACTION -> {
                if (numbers.json) {
                    setDouble(slot, numbers.fraction);
                } else {
                    kinds[slot] = TEXT_DOUBLE;
                    doubles[slot] = numbers.fraction;
                }
            }
            case NONE -> {}
        }
    }

    public boolean isMissing(int slot) {
        return kinds[slot] == MISSING;
    }

    /// The number in a slot. Text counts as one only if it came without a type ([#setCell]).
    ///
    /// @throws BadEvent if the field is present but no number, not finite, or beyond ±1e15; if it is
    ///     missing: check first
    public double number(int slot) {
        double number = any(slot);
        if (Math.abs(number) <= LARGEST_NUMBER) {
            return number;
        }
        var named = name(slot) + " = " + (fields.redacts(slot) ? BadEvent.REDACTED : number);
        throw new BadEvent(
                Double.isFinite(number)
                        ? named + " is out of range: expected -1e15 to 1e15"
                        : named + " is not a finite number");
    }

    /// Whether the slot holds a whole number, to be had from [#whole].
    boolean isWhole(int slot) {
        return kinds[slot] == WHOLE || kinds[slot] == TEXT_WHOLE;
    }

    long whole(int slot) {
        return longs[slot];
    }

    /// Whether the slot holds a number that is no text.
    boolean isNumber(int slot) {
        return kinds[slot] >= WHOLE && kinds[slot] <= FLOAT;
    }

    boolean isText(int slot) {
        return kinds[slot] >= TEXT;
    }

    boolean isBoolean(int slot) {
        return kinds[slot] == BOOLEAN;
    }

    /// The number in a slot, within no bounds.
    double any(int slot) {
        return switch (kinds[slot]) {
            case WHOLE, TEXT_WHOLE -> longs[slot];
            case DOUBLE, FLOAT, TEXT_DOUBLE -> doubles[slot];
            case MISSING -> throw new BadEvent(name(slot) + " is missing");
            default -> throw new BadEvent(describe(slot) + " is not a number");
        };
    }

    /// Whether no message may hold the value.
    boolean isRedacted(int slot) {
        return fields.redacts(slot);
    }

    /// `field = value` for a message; a value that may not be told is `(redacted)`.
    String describe(int slot) {
        if (isMissing(slot)) {
            return name(slot) + " = null";
        }
        if (fields.redacts(slot)) {
            return name(slot) + " = " + BadEvent.REDACTED;
        }
        var text = text(slot);
        int offset = textOffset(slot);
        int length = textLength(slot);
        return name(slot)
                + " = "
                + (isText(slot) ? BadEvent.quote(text, offset, length) : new String(text, offset, length, ISO_8859_1));
    }

    String name(int slot) {
        return fields.names().get(slot);
    }

    /// The array that holds the canonical text of a present field, from [#textOffset] on, [#textLength] bytes.
    public byte[] text(int slot) {
        render(slot);
        return texts[slot];
    }

    public int textOffset(int slot) {
        render(slot);
        return offsets[slot];
    }

    public int textLength(int slot) {
        render(slot);
        return lengths[slot];
    }

    /// The canonical text of a present field as a string.
    public String string(int slot) {
        return new String(text(slot), textOffset(slot), textLength(slot), UTF_8);
    }

    /// Numbers get their text when it is asked for.
    private void render(int slot) {
        if (kinds[slot] == MISSING) {
            throw new IllegalStateException(name(slot) + " is missing and has no text");
        }
        if (lengths[slot] != UNRENDERED) {
            return;
        }
        int offset = slot * RENDERED;
        texts[slot] = rendered;
        offsets[slot] = offset;
        lengths[slot] = switch (kinds[slot]) {
            case WHOLE -> Decimal.write(longs[slot], rendered, offset);
            case DOUBLE -> ascii(Double.toString(doubles[slot]), offset);
            case FLOAT -> ascii(Float.toString((float) doubles[slot]), offset);
            case BOOLEAN -> ascii(longs[slot] == 1 ? "true" : "false", offset);
            default -> lengths[slot]; // text has its length
        };
    }

    private int ascii(String text, int offset) {
        for (int i = 0; i < text.length(); i++) {
            rendered[offset + i] = (byte) text.charAt(i);
        }
        return text.length();
    }
}
