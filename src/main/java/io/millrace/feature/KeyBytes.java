package io.millrace.feature;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Several parts as one sequence of bytes: for each its length (4 bytes, little-endian), then its bytes. The lengths
/// keep
/// `ab, c` and `a, bc` apart. One buffer, reused.
public final class KeyBytes {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[256];
    private int length;

    /// Goes back to an earlier [#length]; to 0, to begin anew.
    public void truncate(int length) {
        this.length = length;
    }

    /// Adds a part: `size` bytes of `text` from `offset`.
    public void add(byte[] text, int offset, int size) {
        var end = length + Integer.BYTES + size;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * end);
        }
        INT.set(bytes, length, size);
        System.arraycopy(text, offset, bytes, length + Integer.BYTES, size);
        length = end;
    }

    /// The buffer, of which [#length] bytes count until the next call.
    public byte[] bytes() {
        return bytes;
    }

    /// Bytes so far.
    public int length() {
        return length;
    }

    /// [Murmur3#hash64] of the bytes so far, seed 0.
    public long hash() {
        return Murmur3.hash64(bytes, 0, length, 0);
    }
}
