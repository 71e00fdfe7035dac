package io.millrace.learn;

import io.millrace.learn.LearnConfig.OptimizerConfig;

/// The learning rate of example t, from 1. In double, then rounded; `StrictMath` gives the same bits everywhere.
@FunctionalInterface
interface Schedule {
    float rate(long t);

    static Schedule of(OptimizerConfig config) {
        var first = config.learningRate();
        if (config.inverseTime().isPresent()) {
            // Robbins and Monro, A Stochastic Approximation Method, 1951: half of it at t = 1 + inverse-time
            var half = config.inverseTime().getAsDouble();
            return t -> (float) (first / (1 + (t - 1) / half));
        }
        if (config.cosine().isPresent()) {
            // Loshchilov and Hutter, SGDR, ICLR 2017, equation 5, with a least rate of 0 and periods of one length
            var period = config.cosine().getAsDouble();
            return t -> (float) (first * (1 + StrictMath.cos(StrictMath.PI * ((t - 1) % period) / period)) / 2);
        }
        var powerT = config.powerT();
        var constant = (float) first;
        return powerT == 0 ? t -> constant : t -> (float) (first / StrictMath.pow((double) t, powerT));
    }
}
