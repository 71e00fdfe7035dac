package io.millrace.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.millrace.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.lwjgl.opencl.CL;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.FunctionProviderLocal;
import org.lwjgl.system.Library;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.SharedLibrary;

/// A process that is `millrace` on a device which breaks when it is told to: from some call on, kernels are no longer
/// run and nothing is copied; each call is answered with `CL_OUT_OF_RESOURCES`.
///
/// The driver stays the real one: between it and the bindings stand functions that pass each call on until then. What
/// becomes of the answer is what becomes of it in life.
public final class BreakingDriver implements FunctionProviderLocal {
    private static final Linker NATIVE = Linker.nativeLinker();
    /// That of all three: handles and sizes have 64 bits.
    private static final FunctionDescriptor SIGNATURE = FunctionDescriptor.of(
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final int NEVER = Integer.MAX_VALUE;

    private final SharedLibrary real;
    /// Kernels that still run, and bytes of the first read that fails.
    private final AtomicInteger kernels = new AtomicInteger(NEVER);

    private volatile long bytes = Long.MAX_VALUE;
    private volatile boolean broken;

    private final Map<String, Long> ours;

    private BreakingDriver(SharedLibrary real) {
        this.real = real;
        ours = Map.of(
                "clEnqueueNDRangeKernel", stub("run", "clEnqueueNDRangeKernel"),
                "clEnqueueReadBuffer", stub("read", "clEnqueueReadBuffer"),
                "clEnqueueWriteBuffer", stub("pass", "clEnqueueWriteBuffer"));
    }

    @SuppressWarnings("restricted")
    private long stub(String method, String function) {
        var call = NATIVE.downcallHandle(MemorySegment.ofAddress(real.getFunctionAddress(function)), SIGNATURE);
        try {
            var type = SIGNATURE.toMethodType().insertParameterTypes(0, MethodHandle.class);
            var own = MethodHandles.lookup().bind(this, method, type);
            return NATIVE.upcallStub(own.bindTo(call), SIGNATURE, Arena.global())
                    .address();
        } catch (ReflectiveOperationException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    @SuppressWarnings("unused") // by its name
    private int run(MethodHandle call, long a, long b, int c, long d, long e, long f, int g, long h, long i)
            throws Throwable {
        if (kernels.get() != NEVER && kernels.getAndDecrement() <= 0) {
            broken = true;
        }
        return pass(call, a, b, c, d, e, f, g, h, i);
    }

    /// @param n bytes
    @SuppressWarnings("unused")
    private int read(MethodHandle call, long a, long b, int c, long d, long n, long f, int g, long h, long i)
            throws Throwable {
        if (n >= bytes) {
            broken = true;
        }
        return pass(call, a, b, c, d, n, f, g, h, i);
    }

    private int pass(MethodHandle call, long a, long b, int c, long d, long e, long f, int g, long h, long i)
            throws Throwable {
        return broken ? CL10.CL_OUT_OF_RESOURCES : (int) call.invokeExact(a, b, c, d, e, f, g, h, i);
    }

    @Override
    public long getFunctionAddress(ByteBuffer name) {
        var own = ours.get(MemoryUtil.memASCII(MemoryUtil.memAddress(name)));
        return own != null ? own : real.getFunctionAddress(name);
    }

    @Override
    public long getFunctionAddress(long handle, ByteBuffer name) {
        return getFunctionAddress(name);
    }

    /// Orders of the parent: `kernels 500`, to break when so many more have run, or `read 16384`, with the first read
    /// of so many bytes or more.
    private void obey() {
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var words = line.split(" ", -1);
                var number = Integer.parseInt(words[1]);
                switch (words[0]) {
                    case "kernels" -> kernels.set(number);
                    case "read" -> bytes = number;
                    default -> throw new IllegalArgumentException(line);
                }
                System.out.println("will break");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static void main(String[] args) {
        OpenClLayers.find(); // its library is loaded, its devices are found
        var driver = new BreakingDriver(
                Library.loadNative(CL.class, "org.lwjgl.opencl", Configuration.OPENCL_LIBRARY_NAME.get()));
        CL.destroy();
        CL.create(driver);
        Thread.ofPlatform().daemon().name("orders").start(driver::obey);
        Main.main(args);
    }
}
