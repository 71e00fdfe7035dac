package io.millrace.cli;

import io.millrace.kernel.DeviceException;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.Trainer;
import io.millrace.spec.Spec;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/// What a command that learns computes with.
final class KernelOptions {
    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            defaultValue = "auto",
            description = {
                "What learns: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
                "All but opencl have the same bits; opencl is for a spec that names it, as learn.kernel."
            })
    private KernelChoice kernel;

    /// The choice, said with what it was made for: roles run for long.
    ///
    /// @throws CommandException if it can't run here, or the spec has another
    KernelChoice choice(Spec spec, PrintWriter err) {
        var device = device(spec);
        err.println("kernel "
                + (spec.learn().isOnDevice() ? "opencl" : kernel.kernel().name()) + " on " + device);
        return kernel;
    }

    /// The choice.
    ///
    /// @throws CommandException if it can't run here, or the spec has another
    KernelChoice choice(Spec spec) {
        var _ = device(spec);
        return kernel;
    }

    /// What learns is checked, and what it runs on told.
    private String device(Spec spec) {
        var named = spec.learn().isOnDevice();
        if (named && kernel != KernelChoice.AUTO && kernel != KernelChoice.OPENCL) {
            throw CommandException.wrong("--kernel = " + kernel + " does not go with learn.kernel = opencl: expected"
                    + " opencl, as another has other bits");
        }
        if (!named && kernel == KernelChoice.OPENCL) {
            throw CommandException.wrong("--kernel = opencl does not go with " + spec.model()
                    + ": expected a spec that names it, with learn.kernel: opencl, as a device has bits of its own");
        }
        try {
            var _ = kernel.kernel();
            return Trainer.checkDevice(spec.learn());
        } catch (IllegalStateException | DeviceException e) {
            throw CommandException.wrong(
                    (named ? "learn.kernel = opencl" : "--kernel = " + kernel) + " can't run: " + e.getMessage());
        }
    }
}
