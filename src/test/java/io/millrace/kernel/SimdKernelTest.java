package io.millrace.kernel;

class SimdKernelTest extends KernelContract {
    private final Kernel kernel = Kernel.simd();

    @Override
    Kernel kernel() {
        return kernel;
    }
}
