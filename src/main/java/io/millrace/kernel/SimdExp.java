package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// [Exp#exp] in vector registers: the same bits.
final class SimdExp {
    private SimdExp() {}

    static FloatVector exp(FloatVector any) {
        var x = any.max(Exp.LEAST).min(Exp.MOST).blend(0, any.test(VectorOperators.IS_NAN));
        var species = x.species();
        // The last bits of a sum with 1.5 · 2^23 are the whole number itself.
        var whole = x.fma(Exp.LOG2_E, Exp.ROUND);
        var n = whole.sub(Exp.ROUND);
        var r = n.fma(FloatVector.broadcast(species, -Exp.LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(species, -Exp.LN2_LOW), r);
        var p = r.fma(Exp.C5, Exp.C4);
        p = p.fma(r, FloatVector.broadcast(species, Exp.C3));
        p = p.fma(r, FloatVector.broadcast(species, Exp.C2));
        p = p.fma(r, FloatVector.broadcast(species, Exp.C1));
        p = p.fma(r, FloatVector.broadcast(species, Exp.C0));
        p = p.fma(r.mul(r), r).add(1);
        var power = whole.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(127 << 23);
        return p.mul(power.reinterpretAsFloats());
    }
}
