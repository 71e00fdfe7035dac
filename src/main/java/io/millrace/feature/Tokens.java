package io.millrace.feature;

import java.util.Arrays;

/// The tokens of a UTF-8 text: maximal runs of Unicode letters and digits, each character in lower case by itself (no
/// language's own rules), as UTF-8 again. One buffer, reused.
final class Tokens {
    private byte[] text = new byte[0];
    private int position;
    private int end;
    private byte[] bytes = new byte[64];
    private int length;

    /// Starts over a text, which must be valid.
    void over(byte[] text, int offset, int length) {
        this.text = text;
        this.position = offset;
        this.end = offset + length;
    }

    /// Goes to the next token; false after the last one.
    boolean next() {
        length = 0;
        while (position < end) {
            int point = point();
            if (Character.isLetterOrDigit(point)) {
                append(Character.toLowerCase(point));
            } else if (length > 0) {
                return true;
            }
        }
        return length > 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private int point() {
        int lead = text[position++];
        if (lead >= 0) {
            return lead;
        }
        int tail = lead < (byte) 0xe0 ? 1 : lead < (byte) 0xf0 ? 2 : 3;
        int point = lead & (0x3f >> tail);
        for (; tail > 0; tail--) {
            point = (point << 6) | (text[position++] & 0x3f);
        }
        return point;
    }

    private void append(int point) {
        if (bytes.length - length < 4) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        if (point < 0x80) {
            bytes[length++] = (byte) point;
        } else if (point < 0x800) {
            bytes[length++] = (byte) (0xc0 | (point >> 6));
            tail(point, 0);
        } else if (point < 0x10000) {
            bytes[length++] = (byte) (0xe0 | (point >> 12));
            tail(point, 6);
        } else {
            bytes[length++] = (byte) (0xf0 | (point >> 18));
            tail(point, 12);
        }
    }

    private void tail(int point, int from) {
        for (int shift = from; shift >= 0; shift -= 6) {
            bytes[length++] = (byte) (0x80 | ((point >> shift) & 0x3f));
        }
    }
}
