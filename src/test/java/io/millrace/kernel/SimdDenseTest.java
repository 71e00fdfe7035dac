package io.millrace.kernel;

class SimdDenseTest extends DenseContract {
    private final Dense dense = Kernel.simd().dense();

    @Override
    Dense dense() {
        return dense;
    }
}
