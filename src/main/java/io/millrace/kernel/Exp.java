package io.millrace.kernel;

/// The exponential and the sigmoid in float, from additions, products and one division that IEEE 754 rounds in one
/// way only: the same bits on every CPU, compiled or interpreted, in Java or in a device kernel that repeats these
/// lines.
///
/// - **Range**: [#exp] takes any float, [#sigmoid] any margin. Neither overflows; `NaN` counts as 0.
/// - **Errors**: `exp` is within 1e-7 relative, `sigmoid` within 1.5e-7 relative where it is not clipped; both rise
///   with their argument (`ExpTest`).
/// - **Source**: range reduction to ±ln(2)/2 by Cody and Waite, *Software Manual for the Elementary Functions*, 1980,
///   chapter 6; the polynomial is that of `expf` in Moshier's Cephes library.
public final class Exp {
    /// Margins are clipped to ± this, so a probability lies in [1.1253516e-7, 0.9999999]: log loss of one example is
    /// 16 at most.
    public static final float MARGIN = 16;

    /// Beyond these bounds a float would be infinite, or lose digits below its normal range.
    static final float MOST = 88;

    static final float LEAST = -87;

    static final float LOG2_E = 1.442695f;
    /// ln 2 in two parts: a product of the first and a whole number below 2^9 is exact.
    static final float LN2_HIGH = 0x1.63p-1f;

    static final float LN2_LOW = -2.1219444e-4f;
    /// 1.5 · 2^23: adding, then subtracting it rounds to a whole number.
    static final float ROUND = 12582912;
    /// The polynomial, highest power first.
    static final float C5 = 1.9875691e-4f;

    static final float C4 = 1.3981999e-3f;
    static final float C3 = 8.333452e-3f;
    static final float C2 = 4.1665796e-2f;
    static final float C1 = 1.6666666e-1f;
    static final float C0 = 0.5f;

    private Exp() {}

    /// e^x, with x clipped to [-87, 88].
    public static float exp(float x) {
        return within(clip(x, LEAST, MOST));
    }

    /// 1 / (1 + e^-m), with m clipped to ±[#MARGIN].
    public static float sigmoid(float m) {
        return 1 / (1 + within(-clip(m, -MARGIN, MARGIN)));
    }

    private static float within(float x) {
        var n = Math.fma(x, LOG2_E, ROUND) - ROUND;
        var r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        var p = Math.fma(C5, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, C1);
        p = Math.fma(p, r, C0);
        p = Math.fma(p, r * r, r) + 1;
        return p * Float.intBitsToFloat(((int) n + 127) << 23);
    }

    private static float clip(float x, float least, float most) {
        return x > most ? most : x > least ? x : x <= least ? least : 0;
    }
}
