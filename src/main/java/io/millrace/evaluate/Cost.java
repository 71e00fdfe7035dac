package io.millrace.evaluate;

/// What one prediction p costs beside the label y. The mean over examples is the metric, or its square.
///
/// | loss | cost | parameter |
/// |---|---|---|
/// | `log-loss` | −ln q, q the probability given to the label that came, at least 2^-24; in nats | |
/// | `brier` | (p − y)², of a probability; of several, the sum over them | |
/// | `mae` | \|p − y\|, in units of the label | |
/// | `rmse` | (p − y)², in squared units of the label: the mean's root is the metric | |
/// | `pinball` | τ (y − p) where p < y, else (1 − τ) (p − y) | τ |
/// | `expectile` | τ (p − y)² where p < y, else (1 − τ) (p − y)² | τ |
/// | `huber` | (p − y)² / 2 where \|p − y\| ≤ δ, else δ (\|p − y\| − δ / 2) | δ |
/// | `poisson` | p − y + y ln(y / p), p at least e^-30: what the loss is above the least it can be | |
///
/// None is below 0, so a share of it means something.
///
/// @param parameter 0 where there is none
public record Cost(PointLoss loss, double parameter) {
    /// As small as the loss `poisson` predicts.
    private static final double LEAST_MEAN = StrictMath.exp(-30);

    /// One without a parameter.
    public Cost(PointLoss loss) {
        this(loss, 0);
    }

    /// As evidence has it: `rmse`, `pinball(0.9)`.
    public String word() {
        return parameter == 0 ? loss.word() : loss.word() + "(" + parameter + ")";
    }

    /// The one that [#word] writes so.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Cost ofWord(String word) {
        var open = word.indexOf('(');
        return open < 0
                ? new Cost(PointLoss.ofWord(word))
                : new Cost(
                        PointLoss.ofWord(word.substring(0, open)),
                        Double.parseDouble(word.substring(open + 1, word.length() - 1)));
    }

    /// @param predictions as [Outcome] says
    /// @param at where the prediction begins
    /// @param outputs numbers that it has
    /// @param label as [Outcome] says
    public double of(float[] predictions, int at, int outputs, float label) {
        if (outputs == 1) {
            return of(predictions[at], label);
        }
        return loss == PointLoss.BRIER
                ? Losses.brier(predictions, at, outputs, (int) label)
                : Losses.log(predictions[at + (int) label]);
    }

    /// The same for a prediction that is one number.
    ///
    /// @param prediction probability of label 1, or a finite number
    /// @param label 0 or 1, or a finite number
    public double of(double prediction, double label) {
        var error = prediction - label;
        return switch (loss) {
            case LOG_LOSS -> Losses.log(prediction, label == 1);
            case BRIER -> Losses.brier(prediction, label == 1);
            case MAE -> Math.abs(error);
            case RMSE -> error * error;
            case PINBALL -> Math.abs(error) * side(error);
            case EXPECTILE -> error * error * side(error);
            case HUBER -> {
                var e = Math.abs(error);
                yield e <= parameter ? e * e / 2 : parameter * (e - parameter / 2);
            }
            case POISSON -> deviance(Math.max(LEAST_MEAN, prediction), label);
        };
    }

    private double side(double error) {
        return error < 0 ? parameter : 1 - parameter;
    }

    /// Half the deviance of one count: McCullagh and Nelder, *Generalized Linear Models*, 1989, section 2.3.
    private static double deviance(double mean, double label) {
        return Math.max(0, mean - label + (label == 0 ? 0 : label * StrictMath.log(label / mean)));
    }
}
