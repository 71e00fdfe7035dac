package io.millrace.model;

import io.millrace.learn.Cells;

/// How far the weights of two versions over the same features are apart; factors count as weights.
///
/// @param cells in which they differ
/// @param distance √Σ (w - v)²
/// @param norm √Σ w² of the first, to hold it against
/// @param largest most that one weight differs by
/// @param index of its cell in the feature space; 0 where none differs
public record WeightDifference(int cells, double distance, double norm, float largest, int index) {
    /// @throws IllegalArgumentException if their feature spaces are of different sizes, or they have other factors
    public static WeightDifference of(Model first, Model second) {
        var ours = first.pages();
        var theirs = second.pages();
        var parameters = first.published();
        if (parameters != second.published()) {
            throw new IllegalArgumentException(second.name() + " has " + second.published()
                    + " weights and factors a feature: expected " + parameters + ", as " + first.name());
        }
        if (ours.length != theirs.length || ours[0].length != theirs[0].length) {
            throw new IllegalArgumentException(second.name() + " has " + theirs.length + " pages of weights: expected "
                    + ours.length + ", as " + first.name());
        }
        var cells = 0;
        double distance = 0;
        double norm = 0;
        var largest = 0f;
        var index = 0;
        for (var page = 0; page < ours.length; page++) {
            var differs = -1;
            for (var k = 0; k < ours[page].length; k++) {
                var difference = Math.abs(ours[page][k] - theirs[page][k]);
                norm += (double) ours[page][k] * ours[page][k];
                distance += (double) difference * difference;
                var cell = k / parameters;
                if (difference > 0 && cell != differs) {
                    differs = cell;
                    cells++;
                }
                if (difference > largest) {
                    largest = difference;
                    index = page * Cells.PAGE + cell;
                }
            }
        }
        return new WeightDifference(cells, Math.sqrt(distance), Math.sqrt(norm), largest, index);
    }
}
