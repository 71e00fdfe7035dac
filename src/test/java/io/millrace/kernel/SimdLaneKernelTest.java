package io.millrace.kernel;

class SimdLaneKernelTest extends LaneKernelContract {
    private final LaneKernel kernel = Kernel.simd().lanes();

    @Override
    LaneKernel kernel() {
        return kernel;
    }
}
