package io.millrace.event;

/// Writes whole numbers in decimal, as `Long.toString` would, without allocating.
final class Decimal {
    private Decimal() {}

    /// @return how many bytes were written, at most 20
    static int write(long value, byte[] into, int offset) {
        int start = offset;
        if (value < 0) {
            into[start++] = '-';
        }
        // Counted down from 0, because -Long.MIN_VALUE is no long.
        long rest = value < 0 ? value : -value;
        int length = 1;
        for (long left = rest / 10; left != 0; left /= 10) {
            length++;
        }
        for (int i = start + length - 1; i >= start; i--) {
            into[i] = (byte) ('0' - rest % 10);
            rest /= 10;
        }
        return start + length - offset;
    }
}
