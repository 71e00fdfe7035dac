package io.millrace.feature;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// MurmurHash3 (Austin Appleby, 2011, public domain): the x86 32-bit form for features, the first half of the x64
/// 128-bit form for groups.
public final class Murmur3 {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private Murmur3() {}

    /// MurmurHash3_x86_32.
    public static int hash32(byte[] bytes, int offset, int length, int seed) {
        int h = seed;
        int i = offset;
        for (int last = offset + (length & ~3); i < last; i += 4) {
            h = Integer.rotateLeft(h ^ mixed((int) INT.get(bytes, i)), 13) * 5 + 0xe6546b64;
        }
        int tail = 0;
        for (int j = length & 3; j > 0; j--) {
            tail = (tail << 8) | (bytes[i + j - 1] & 0xff);
        }
        h ^= mixed(tail) ^ length;
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }

    private static int mixed(int k) {
        return Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
    }

    /// The first 64 bits of MurmurHash3_x64_128.
    ///
    /// @param seed an unsigned number of 32 bits
    public static long hash64(byte[] bytes, int offset, int length, int seed) {
        long h1 = seed & 0xffffffffL;
        long h2 = h1;
        int i = offset;
        for (int last = offset + (length & ~15); i < last; i += 16) {
            h1 = (Long.rotateLeft(h1 ^ first((long) LONG.get(bytes, i)), 27) + h2) * 5 + 0x52dce729;
            h2 = (Long.rotateLeft(h2 ^ second((long) LONG.get(bytes, i + 8)), 31) + h1) * 5 + 0x38495ab5;
        }
        int rest = length & 15;
        h1 ^= first(tail(bytes, i, Math.min(rest, 8))) ^ length;
        h2 ^= second(tail(bytes, i + 8, rest - 8)) ^ length;
        h1 += h2;
        h2 += h1;
        return finished(h1) + finished(h2);
    }

    private static long first(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long second(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    /// Up to 8 bytes, little-endian; none: 0, which mixes to 0.
    private static long tail(byte[] bytes, int offset, int length) {
        long k = 0;
        for (int j = length; j > 0; j--) {
            k = (k << 8) | (bytes[offset + j - 1] & 0xff);
        }
        return k;
    }

    private static long finished(long h) {
        long k = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        k = (k ^ (k >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return k ^ (k >>> 33);
    }
}
