package io.millrace.kernel;

class ScalarDenseTest extends DenseContract {
    @Override
    Dense dense() {
        return Kernel.scalar().dense();
    }
}
