package io.millrace.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Time since it was made: by the clock, and of the processors in this process. Others use the machine too, so the
/// second says more about the code.
final class Stopwatch {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final long start = System.nanoTime();
    private final long cpu = SYSTEM.getProcessCpuTime();

    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /// Of all threads together.
    double cpuSeconds() {
        return (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
    }
}
