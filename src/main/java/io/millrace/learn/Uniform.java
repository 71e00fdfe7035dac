package io.millrace.learn;

import io.millrace.kernel.Digest;

/// Numbers that look random and are a function of a seed and what they are for alone.
final class Uniform {
    /// 2^64 / golden ratio, odd: the step of splitmix64.
    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private Uniform() {}

    /// A seed whose neighbours give other numbers.
    static long seed(int seed) {
        return Digest.mix64(seed * GAMMA);
    }

    /// One of 2^24 values in [-1, 1).
    ///
    /// @param seed of [#seed(int)]
    static float of(long seed, long number) {
        return (Digest.mix64(seed + GAMMA * (number + 1)) >> 40) * 0x1p-23f;
    }
}
