package io.millrace.event;

/// Whether bytes are UTF-8 (RFC 3629: no overlong form, no surrogate, nothing beyond U+10FFFF), without decoding them.
final class Utf8 {
    private Utf8() {}

    static boolean isValid(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end) {
            int lead = bytes[i++];
            if (lead >= 0) {
                continue;
            }
            int tail = tail(lead);
            if (tail < 1 || end - i < tail || !mayFollow(lead, bytes[i])) {
                return false;
            }
            for (int last = i + tail; i < last; i++) {
                if (!isContinuation(bytes[i])) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Bytes after a leading one; 0 if it can't lead.
    private static int tail(int lead) {
        int unsigned = lead & 0xff;
        if (unsigned < 0xc2 || unsigned > 0xf4) {
            return 0;
        }
        return unsigned < 0xe0 ? 1 : unsigned < 0xf0 ? 2 : 3;
    }

    /// Four leading bytes narrow the second one.
    private static boolean mayFollow(int lead, int second) {
        int unsigned = second & 0xff;
        return switch (lead & 0xff) {
            case 0xe0 -> unsigned >= 0xa0;
            case 0xed -> unsigned < 0xa0;
            case 0xf0 -> unsigned >= 0x90;
            case 0xf4 -> unsigned < 0x90;
            default -> true;
        };
    }

    private static boolean isContinuation(int b) {
        return (b & 0xc0) == 0x80;
    }
}
