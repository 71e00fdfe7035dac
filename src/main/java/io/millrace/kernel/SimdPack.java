package io.millrace.kernel;

import static io.millrace.kernel.Dense.PANEL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Weights out of cells of one, two or three floats, to the panels of [Dense]: as [SimdSteps] takes
/// them out.
final class SimdPack {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();

    private SimdPack() {}

    static void pack(float[] from, int at, int each, int depth, int columns, float[] packed) {
        var wide = Dense.padded(columns);
        var panel = Dense.padded(depth) * PANEL;
        for (var k = 0; k < depth; k++) {
            var row = at + k * wide * each;
            for (var c = 0; c < wide; c += PANEL) {
                var n = Math.min(PANEL, wide - c);
                var to = c / PANEL * panel + k * PANEL;
                switch (each) {
                    case 1 -> copy(from, row + c, n, packed, to);
                    case 2 -> pairs(from, row + 2 * c, n, packed, to);
                    case 3 -> triples(from, row + 3 * c, n, packed, to);
                    default -> every(from, row + each * c, each, n, packed, to);
                }
            }
        }
    }

    private static void copy(float[] from, int at, int n, float[] into, int to) {
        for (var j = 0; j < n; j += LANES) {
            FloatVector.fromArray(FLOATS, from, at + j).intoArray(into, to + j);
        }
    }

    private static void pairs(float[] from, int at, int n, float[] into, int to) {
        for (var j = 0; j < n; j += LANES) {
            var low = FloatVector.fromArray(FLOATS, from, at + 2 * j);
            var high = FloatVector.fromArray(FLOATS, from, at + 2 * j + LANES);
            low.rearrange(SimdSteps.PAIR_0)
                    .blend(high.rearrange(SimdSteps.PAIR_0), SimdSteps.PAIR_HIGH)
                    .intoArray(into, to + j);
        }
    }

    private static void triples(float[] from, int at, int n, float[] into, int to) {
        for (var j = 0; j < n; j += LANES) {
            var low = FloatVector.fromArray(FLOATS, from, at + 3 * j);
            var middle = FloatVector.fromArray(FLOATS, from, at + 3 * j + LANES);
            var high = FloatVector.fromArray(FLOATS, from, at + 3 * j + 2 * LANES);
            low.rearrange(SimdSteps.TRIPLE_0)
                    .blend(middle.rearrange(SimdSteps.TRIPLE_0), SimdSteps.MIDDLE_0)
                    .blend(high.rearrange(SimdSteps.TRIPLE_0), SimdSteps.HIGH_0)
                    .intoArray(into, to + j);
        }
    }

    private static void every(float[] from, int at, int each, int n, float[] into, int to) {
        for (var j = 0; j < n; j++) {
            into[to + j] = from[at + j * each];
        }
    }
}
