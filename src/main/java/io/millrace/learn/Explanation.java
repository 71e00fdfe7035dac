package io.millrace.learn;

/// What each entry of an example adds to its margin.
///
/// - **Exact**: the contributions add up to the margin in every bit, in whatever order they are added: all are whole
///   multiples of one power of two that leaves their sums 52 bits. A margin smaller than 2^-28 of what adds up to it
///   may be no such multiple; then they add up to within 2^-51 of that.
///
/// - **Finite**: a margin that float can't hold is told as the largest float of its sign; no sum is promised then.
///
/// @param prediction what [io.millrace.evaluate.Outcome] says
/// @param margin the number that the prediction is made of; of several classes, that of the likeliest
/// @param contributions one an entry, in units of the margin
@SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
public record Explanation(float[] prediction, float margin, double[] contributions) {
    /// @param parts what each entry adds, in double; becomes what is told
    static Explanation of(float[] prediction, float margin, double[] parts) {
        double total = Math.abs(margin);
        var largest = 0;
        for (var j = 0; j < parts.length; j++) {
            total += Math.abs(parts[j]);
            if (Math.abs(parts[j]) > Math.abs(parts[largest])) {
                largest = j;
            }
        }
        if (Math.abs(margin) <= Float.MAX_VALUE && total <= Double.MAX_VALUE && parts.length > 0) {
            settle(margin, parts, largest, 2 * Math.ulp(total));
        }
        return new Explanation(prediction, finite(margin), parts);
    }

    private static float finite(float margin) {
        return Float.isNaN(margin) ? 0 : Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, margin));
    }

    /// Rounds all to multiples of `grid`; what is left over, as a margin is rounded to float, goes to the largest.
    private static void settle(float margin, double[] parts, int largest, double grid) {
        double left = margin;
        for (var j = 0; j < parts.length; j++) {
            parts[j] = Math.rint(parts[j] / grid) * grid;
            left -= parts[j];
        }
        parts[largest] += left;
    }
}
