package io.millrace.kernel;

class ScalarLaneKernelTest extends LaneKernelContract {
    private final LaneKernel kernel = Kernel.scalar().lanes();

    @Override
    LaneKernel kernel() {
        return kernel;
    }
}
