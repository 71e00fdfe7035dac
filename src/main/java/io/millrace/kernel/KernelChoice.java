package io.millrace.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Which kernel computes. Those of the CPU give the same bits, so a choice between them is about speed only.
public enum KernelChoice {
    /// `simd` where the JVM has the Vector API and registers of 512 bits, else `scalar`: with smaller ones the former
    /// does what the latter does.
    AUTO,
    SCALAR,
    SIMD,
    /// A device that a spec names, which has bits of its own; what is left to the CPU is done by [#AUTO].
    OPENCL;

    static final String MODULE = "jdk.incubator.vector";

    /// A kernel for one thread.
    ///
    /// @throws IllegalStateException if it is `simd` and this JVM was started without the Vector API
    public Kernel kernel() {
        return switch (this) {
            case AUTO, OPENCL -> hasVectors() && SimdKernel.BITS >= 512 ? Kernel.simd() : Kernel.scalar();
            case SCALAR -> Kernel.scalar();
            case SIMD -> Kernel.simd();
        };
    }

    static boolean hasVectors() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }

    /// What the choice was made by: the CPU's name, and how wide its registers are where the JVM tells.
    public static String cpu() {
        return hasVectors() ? model() + ", registers of " + SimdKernel.BITS + " bits" : model();
    }

    /// Name of the CPU as Linux tells it, else the architecture.
    private static String model() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseGet(() -> System.getProperty("os.arch"));
        } catch (IOException | java.io.UncheckedIOException e) {
            return System.getProperty("os.arch");
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
