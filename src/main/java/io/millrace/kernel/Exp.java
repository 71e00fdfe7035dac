package io.millrace.kernel;

/// The exponential and the sigmoid in float, from additions, products and one division that IEEE 754 rounds in one
/// way only: the same bits on every CPU, compiled or interpreted, in Java or in a device kernel that repeats these
/// lines.
///
/// - **Range**: [#exp] takes any float, [#sigmoid] any margin. Neither overflows; `NaN` counts as 0.
/// - **Errors**: `exp` is within 1e-7 relative, in double within 5e-16, `sigmoid` within 1.5e-7 relative where it is
/// not clipped; both rise
///   with their argument (`ExpTest`).
/// - **Source**: range reduction to ±ln(2)/2 by Cody and Waite, *Software Manual for the Elementary Functions*, 1980,
///   chapter 6; the polynomial is that of `expf` in Moshier's Cephes library, in double Taylor's, whose 14th power is
///   the first left out.
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

    /// In double it is clipped to ± this.
    private static final double MOST_DOUBLE = 700;

    private static final double LOG2_E_DOUBLE = 1.4426950408889634;
    /// ln 2 in two parts: a product of the first and a whole number below 2^20 is exact.
    private static final double LN2_HIGH_DOUBLE = 0x1.62e42feep-1;

    private static final double LN2_LOW_DOUBLE = 0x1.a39ef35793c76p-33;

    private Exp() {}

    /// e^x, with x clipped to [-87, 88].
    public static float exp(float x) {
        return within(clip(x, LEAST, MOST));
    }

    /// e^x, with x clipped to ±700.
    public static double exp(double x) {
        var clipped = x > MOST_DOUBLE ? MOST_DOUBLE : x > -MOST_DOUBLE ? x : x <= -MOST_DOUBLE ? -MOST_DOUBLE : 0;
        var n = Math.rint(clipped * LOG2_E_DOUBLE);
        var r = Math.fma(n, -LN2_LOW_DOUBLE, Math.fma(n, -LN2_HIGH_DOUBLE, clipped));
        return taylor(r) * Double.longBitsToDouble(((long) n + 1023) << 52);
    }

    /// Pairs of terms first, so that the CPU has several sums to work at.
    private static double taylor(double r) {
        var r2 = r * r;
        var r4 = r2 * r2;
        var low = Math.fma(Math.fma(r, 1.0 / 6, 0.5), r2, 1 + r);
        var middle = Math.fma(Math.fma(r, 1.0 / 5040, 1.0 / 720), r2, Math.fma(r, 1.0 / 120, 1.0 / 24));
        var high = Math.fma(Math.fma(r, 1.0 / 39916800, 1.0 / 3628800), r2, Math.fma(r, 1.0 / 362880, 1.0 / 40320));
        var highest = Math.fma(r, 1.0 / 6227020800.0, 1.0 / 479001600);
        return Math.fma(Math.fma(Math.fma(highest, r4, high), r4, middle), r4, low);
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
