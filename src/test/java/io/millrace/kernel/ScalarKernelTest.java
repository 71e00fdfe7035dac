package io.millrace.kernel;

class ScalarKernelTest extends KernelContract {
    @Override
    Kernel kernel() {
        return Kernel.scalar();
    }
}
