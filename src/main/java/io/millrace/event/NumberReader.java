package io.millrace.event;

import java.nio.charset.StandardCharsets;

/// Reads decimal numbers from ASCII: `12`, `-3.50`, `1e-3`; also what JSON forbids: `+5`, `007`, `.5`, `5.`. No
/// allocation for what has at most 15 digits and a small exponent; the rest goes to [Double#parseDouble]. One a thread:
/// the last result stays here.
final class NumberReader {
    /// What [#read] found.
    enum Kind {
        NONE,
        WHOLE,
        FRACTION
    }

    private static final int LONGEST = 128;
    private static final double[] TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    /// The number, if it was WHOLE.
    long whole;
    /// The number, if it was a FRACTION (or whole, but written with a point or an exponent, or too large for a long).
    double fraction;
    /// Whether JSON would write the number so.
    boolean json;

    private byte[] bytes = new byte[0];
    private int position;
    private int end;
    private long mantissa;
    private int digits;

    Kind read(byte[] source, int offset, int length) {
        if (length == 0 || length > LONGEST) {
            return Kind.NONE;
        }
        bytes = source;
        position = offset;
        end = offset + length;
        boolean negative = bytes[position] == '-';
        json = bytes[position] != '+';
        if (negative || !json) {
            position++;
        }
        mantissa = 0;
        digits = 0;
        int first = position;
        int integers = digits();
        json &= integers == 1 || (integers > 1 && bytes[first] != '0');
        if (position == end && integers > 0) {
            return whole(negative, offset, length, integers);
        }
        return fraction(negative, offset, length, integers);
    }

    private Kind whole(boolean negative, int offset, int length, int integers) {
        if (integers <= 18) {
            whole = negative ? -mantissa : mantissa;
            return Kind.WHOLE;
        }
        var text = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        try {
            whole = Long.parseLong(text);
            return Kind.WHOLE;
        } catch (NumberFormatException tooLarge) {
            fraction = Double.parseDouble(text);
            return Kind.FRACTION;
        }
    }

    private Kind fraction(boolean negative, int offset, int length, int integers) {
        int decimals = 0;
        if (position < end && bytes[position] == '.') {
            position++;
            decimals = digits();
            json &= decimals > 0;
        }
        if (integers + decimals == 0) {
            return Kind.NONE;
        }
        int exponent = 0;
        if (position < end && (bytes[position] | 0x20) == 'e') {
            position++;
            boolean down = position < end && bytes[position] == '-';
            if (position < end && (down || bytes[position] == '+')) {
                position++;
            }
            int first = position;
            for (; position < end && isDigit(bytes[position]); position++) {
                exponent = Math.min(100_000, 10 * exponent + bytes[position] - '0');
            }
            if (first == position) {
                return Kind.NONE;
            }
            exponent = down ? -exponent : exponent;
        }
        if (position < end) {
            return Kind.NONE;
        }
        int power = exponent - decimals;
        if (digits <= 15 && -22 <= power && power <= 22) {
            // Both are exact doubles, so the one rounding is right (Clinger, How to Read Floating Point Numbers
            // Accurately, 1990).
            double magnitude = power < 0 ? mantissa / TENS[-power] : mantissa * TENS[power];
            fraction = negative ? -magnitude : magnitude;
        } else {
            fraction = Double.parseDouble(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
        }
        return Kind.FRACTION;
    }

    /// Reads digits into the mantissa (the first 18 that count are enough: longer ones are parsed otherwise).
    private int digits() {
        int first = position;
        for (; position < end && isDigit(bytes[position]); position++) {
            if (digits < 18) {
                mantissa = 10 * mantissa + bytes[position] - '0';
            }
            if (mantissa != 0) {
                digits++;
            }
        }
        return position - first;
    }

    private static boolean isDigit(int b) {
        return b >= '0' && b <= '9';
    }
}
