package io.millrace.feature;

/// MurmurHash3 (Austin Appleby, 2011, public domain): the x86 32-bit form for features, the first half of the x64
/// 128-bit form for groups.
public final class Murmur3 {
    private Murmur3() {}

    public static int hash32(byte[] bytes, int offset, int length, int seed) {
        throw new UnsupportedOperationException();
    }

    public static long hash64(byte[] bytes, int offset, int length, int seed) {
        throw new UnsupportedOperationException();
    }
}
