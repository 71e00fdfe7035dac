package io.millrace.kernel;

/// What a neuron makes of its sum z. In float, from operations that IEEE 754 rounds in one way only.
///
/// - **Range**: any float; what is no number becomes no number again or 0, so that the sums behind it show it.
/// - **Errors**: sigmoid within 1e-6 relative; tanh, being 2 sigmoid(2z) - 1, within 3e-7 absolute.
/// - **Source**: Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models*, 2013, for the
///   leaky one; Hendrycks and Gimpel, *Gaussian Error Linear Units*, 2016, section 2, for GELU by tanh.
public enum Activation {
    IDENTITY,
    /// z where it is more than 0, else 0.
    RELU,
    /// z where it is more than 0, else 0.01 z.
    LEAKY_RELU,
    SIGMOID,
    TANH,
    /// z / (1 + e^-v) with v = √(8/π) (z + 0.044715 z³).
    GELU;

    static final float LEAK = 0.01f;
    static final float GELU_1 = 1.595769f;
    static final float GELU_3 = 0.044715f * GELU_1;

    /// The activation of `z`.
    public float of(float z) {
        return switch (this) {
            case IDENTITY -> z;
            case RELU -> z > 0 ? z : 0;
            case LEAKY_RELU -> z > 0 ? z : LEAK * z;
            case SIGMOID -> sigmoid(z);
            case TANH -> Math.fma(2f, sigmoid(2 * z), -1f);
            case GELU -> z * sigmoid(z * Math.fma(GELU_3, z * z, GELU_1));
        };
    }

    /// Its slope at `z`, where it is `y`; at a kink that of the left.
    public float slope(float z, float y) {
        return switch (this) {
            case IDENTITY -> 1;
            case RELU -> z > 0 ? 1 : 0;
            case LEAKY_RELU -> z > 0 ? 1 : LEAK;
            case SIGMOID -> y * (1 - y);
            case TANH -> Math.fma(-y, y, 1f);
            case GELU -> geluSlope(z);
        };
    }

    private static float geluSlope(float z) {
        var square = z * z;
        var s = sigmoid(z * Math.fma(GELU_3, square, GELU_1));
        return Math.fma(z * (s * (1 - s)), Math.fma(3 * GELU_3, square, GELU_1), s);
    }

    private static float sigmoid(float z) {
        return 1 / (1 + Exp.exp(-z));
    }

    /// Whether it is 0 for half of what comes in: then weights begin larger.
    public boolean isRectifier() {
        return this == RELU || this == LEAKY_RELU || this == GELU;
    }
}
