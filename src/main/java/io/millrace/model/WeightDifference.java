package io.millrace.model;

import io.millrace.learn.Cells;

/// How far the weights of two versions over the same features are apart.
///
/// @param cells in which they differ
/// @param distance √Σ (w - v)²
/// @param norm √Σ w² of the first, to hold it against
/// @param largest most that one weight differs by
/// @param index of that weight in the feature space; 0 where none differs
public record WeightDifference(int cells, double distance, double norm, float largest, int index) {
    /// @throws IllegalArgumentException if their feature spaces are of different sizes
    public static WeightDifference of(Model first, Model second) {
        var ours = first.pages();
        var theirs = second.pages();
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
            for (var k = 0; k < ours[page].length; k++) {
                var difference = Math.abs(ours[page][k] - theirs[page][k]);
                norm += (double) ours[page][k] * ours[page][k];
                distance += (double) difference * difference;
                cells += difference > 0 ? 1 : 0;
                if (difference > largest) {
                    largest = difference;
                    index = page * Cells.PAGE + k;
                }
            }
        }
        return new WeightDifference(cells, Math.sqrt(distance), Math.sqrt(norm), largest, index);
    }
}
