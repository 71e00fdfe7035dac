package io.millrace.kernel;

import static org.lwjgl.opencl.CL10.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lwjgl.BufferUtils;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.MemoryUtil;

/// A device that OpenCL reaches, with a queue that runs in order: a GPU where there is one, else any other, the first
/// that a platform names. One thread.
///
/// Every call is checked: whatever a device answers but success becomes a [DeviceException] with the call, the device
/// and the name of the answer.
final class OpenCl implements AutoCloseable {
    /// Division and root rounded as IEEE 754 says.
    private static final long ROUNDED = org.lwjgl.opencl.CL12.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;
    private static final int NO_PLATFORM = -1001;
    /// One at a time.
    private static final Object BUILDING = new Object();

    private final Device device;
    private final long context;
    private final long queue;
    private final List<OpenClArray> arrays = new ArrayList<>();
    private final List<Long> kernels = new ArrayList<>();
    private long program;
    private long used;

    /// What is known of a device.
    ///
    /// @param memory bytes of it, and of the largest array that it gives
    record Device(long id, long platform, String name, long memory, long largest, boolean rounds, boolean gpu) {
        /// @param array bytes of one
        /// @param all bytes of all
        /// @throws DeviceException if it has not so much memory, with both numbers
        void require(long array, long all) {
            if (array > largest || all > memory) {
                throw new DeviceException("learning needs " + (array > largest ? array : all) + " bytes of " + name
                        + (array > largest
                                ? " in one array: expected at most " + largest
                                : ": expected at most the " + memory + " that it has")
                        + "\nSet fewer learn.bits or learn.lanes, or a smaller learn.learner.embedding.");
            }
        }
    }

    OpenCl(Device device) {
        this.device = device;
        var properties = BufferUtils.createPointerBuffer(3)
                .put(CL_CONTEXT_PLATFORM)
                .put(device.platform)
                .put(0)
                .flip();
        var code = BufferUtils.createIntBuffer(1);
        context = clCreateContext(properties, device.id, null, 0, code);
        check("clCreateContext", code.get(0));
        queue = clCreateCommandQueue(context, device.id, 0, code);
        if (code.get(0) != CL_SUCCESS) {
            clReleaseContext(context);
        }
        check("clCreateCommandQueue", code.get(0));
    }

    /// Name of the device that [#open] would take.
    ///
    /// @throws DeviceException if there is none
    static String find() {
        return choose().name;
    }

    /// The same, for arrays of which the largest has so many bytes.
    ///
    /// @throws DeviceException if there is none, or it has too little memory
    static String check(long bytes) {
        var device = choose();
        device.require(bytes, bytes);
        return device.name;
    }

    /// Whether that device rounds division and root as IEEE 754 says.
    ///
    /// @throws DeviceException if there is none
    static boolean isExact() {
        return choose().rounds;
    }

    /// @throws DeviceException if there is none
    static OpenCl open() {
        return new OpenCl(choose());
    }

    /// @throws DeviceException if there is none
    static Device choose() {
        return choose(Platforms.found());
    }

    static Device choose(List<Device> devices) {
        return devices.stream()
                .filter(Device::gpu)
                .findFirst()
                .orElseGet(() -> devices.stream()
                        .findFirst()
                        .orElseThrow(() -> new DeviceException("OpenCL has no device: expected one, such as that of"
                                + " PoCL (Debian's pocl-opencl-icd), which computes on the CPU")));
    }

    /// The loader of drivers and what they drive, found once by one thread: where a second asks while the first still
    /// does, PoCL 3.1 ends the process or says that it has no device.
    private static final class Platforms {
        private static final @Nullable String MISSING = load();
        private static @Nullable List<Device> found;

        private static @Nullable String load() {
            Configuration.OPENCL_EXPLICIT_INIT.set(true);
            try {
                // distributions have the name without a number in packages for compilers only
                if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")
                        && Configuration.OPENCL_LIBRARY_NAME.get() == null) {
                    Configuration.OPENCL_LIBRARY_NAME.set("libOpenCL.so.1");
                }
                CL.create();
                return null;
            } catch (LinkageError | RuntimeException missing) {
                return missing.toString();
            }
        }

        /// @throws DeviceException if there is no library, or a driver fails
        static synchronized List<Device> found() {
            if (found == null) {
                found = List.copyOf(devices());
            }
            return found;
        }

        private static List<Device> devices() {
            if (MISSING != null) {
                throw new DeviceException("the library of OpenCL is missing (" + MISSING
                        + "): expected libOpenCL.so.1 and a driver, such as Debian's pocl-opencl-icd");
            }
            var count = BufferUtils.createIntBuffer(1);
            var code = clGetPlatformIDs(null, count);
            if (code == NO_PLATFORM || count.get(0) == 0) {
                return List.of();
            }
            OpenCl.check("clGetPlatformIDs", "any device", code);
            var platforms = BufferUtils.createPointerBuffer(count.get(0));
            OpenCl.check("clGetPlatformIDs", "any device", clGetPlatformIDs(platforms, (int[]) null));
            var devices = new ArrayList<Device>();
            for (var k = 0; k < platforms.capacity(); k++) {
                addDevices(platforms.get(k), devices);
            }
            return devices;
        }

        private static void addDevices(long platform, List<Device> into) {
            var count = BufferUtils.createIntBuffer(1);
            var code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, null, count);
            if (code == CL_DEVICE_NOT_FOUND) {
                return; // a driver without a device
            }
            OpenCl.check("clGetDeviceIDs", "any device", code);
            var ids = BufferUtils.createPointerBuffer(count.get(0));
            OpenCl.check(
                    "clGetDeviceIDs", "any device", clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, ids, (int[]) null));
            for (var k = 0; k < ids.capacity(); k++) {
                var id = ids.get(k);
                into.add(new Device(
                        id,
                        platform,
                        name(id),
                        number(id, CL_DEVICE_GLOBAL_MEM_SIZE),
                        number(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                        (number(id, CL_DEVICE_SINGLE_FP_CONFIG) & ROUNDED) != 0,
                        (number(id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_GPU) != 0));
            }
        }

        private static long number(long id, int what) {
            var into = BufferUtils.createLongBuffer(1);
            OpenCl.check("clGetDeviceInfo", "a device", clGetDeviceInfo(id, what, into, null));
            return into.get(0);
        }

        private static String name(long id) {
            var size = BufferUtils.createPointerBuffer(1);
            OpenCl.check(
                    "clGetDeviceInfo", "a device", clGetDeviceInfo(id, CL_DEVICE_NAME, (PointerBuffer) null, size));
            var bytes = BufferUtils.createByteBuffer((int) size.get(0));
            OpenCl.check("clGetDeviceInfo", "a device", clGetDeviceInfo(id, CL_DEVICE_NAME, bytes, null));
            var text = new byte[bytes.remaining()];
            bytes.get(text);
            return new String(text, StandardCharsets.UTF_8).replace("\0", "").strip();
        }
    }

    String name() {
        return device.name;
    }

    long queue() {
        return queue;
    }

    /// Compiles a program, the only one of this device.
    ///
    /// @param macros options that define them
    /// @throws DeviceException with what the compiler says, if it does not take it
    void compile(String source, String macros) {
        var code = BufferUtils.createIntBuffer(1);
        program = clCreateProgramWithSource(context, source, code);
        check("clCreateProgramWithSource", code.get(0));
        var options = macros + " -cl-std=CL1.2" + (device.rounds ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
        var built = build(options);
        if (built == CL_BUILD_PROGRAM_FAILURE) {
            built = build(options); // PoCL's cache of programs is not safe where two processes fill it at a time
        }
        if (built != CL_SUCCESS) {
            throw new DeviceException("clBuildProgram on " + name() + " failed with " + word(built) + ": " + log());
        }
    }

    private int build(String options) {
        synchronized (BUILDING) {
            return clBuildProgram(program, device.id, options, null, 0);
        }
    }

    private String log() {
        var size = BufferUtils.createPointerBuffer(1);
        check(
                "clGetProgramBuildInfo",
                clGetProgramBuildInfo(program, device.id, CL_PROGRAM_BUILD_LOG, (PointerBuffer) null, size));
        var bytes = BufferUtils.createByteBuffer((int) size.get(0));
        check("clGetProgramBuildInfo", clGetProgramBuildInfo(program, device.id, CL_PROGRAM_BUILD_LOG, bytes, null));
        return Objects.toString(MemoryUtil.memUTF8Safe(bytes)).replace("\0", "").strip();
    }

    /// A function of the program.
    OpenClFunction function(String name) {
        var code = BufferUtils.createIntBuffer(1);
        var kernel = clCreateKernel(program, name, code);
        check("clCreateKernel of " + name, code.get(0));
        kernels.add(kernel);
        return new OpenClFunction(this, kernel, name);
    }

    /// Room for so many floats or ints; they are anything.
    ///
    /// @throws DeviceException if the device has not so much memory
    OpenClArray array(int n) {
        var array = new OpenClArray(this, n);
        arrays.add(array);
        return array;
    }

    /// Memory of the device.
    ///
    /// @throws DeviceException if it has not so much, with both numbers
    long allocate(long bytes) {
        device.require(bytes, used + bytes);
        var code = BufferUtils.createIntBuffer(1);
        var memory = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, code);
        check("clCreateBuffer of " + bytes + " bytes", code.get(0));
        used += bytes;
        return memory;
    }

    void free(long memory, long bytes) {
        clReleaseMemObject(memory); // of a device that has failed: no news
        used -= bytes;
    }

    /// @throws DeviceException unless a call has answered success
    void check(String call, int code) {
        check(call, device.name, code);
    }

    private static void check(String call, String device, int code) {
        if (code != CL_SUCCESS) {
            throw new DeviceException(call + " on " + device + " failed with " + word(code));
        }
    }

    private static String word(int code) {
        return switch (code) {
                    case CL_DEVICE_NOT_AVAILABLE -> "CL_DEVICE_NOT_AVAILABLE";
                    case CL_MEM_OBJECT_ALLOCATION_FAILURE -> "CL_MEM_OBJECT_ALLOCATION_FAILURE";
                    case CL_OUT_OF_RESOURCES -> "CL_OUT_OF_RESOURCES";
                    case CL_OUT_OF_HOST_MEMORY -> "CL_OUT_OF_HOST_MEMORY";
                    case CL_BUILD_PROGRAM_FAILURE -> "CL_BUILD_PROGRAM_FAILURE";
                    case CL_INVALID_COMMAND_QUEUE -> "CL_INVALID_COMMAND_QUEUE";
                    case CL_INVALID_MEM_OBJECT -> "CL_INVALID_MEM_OBJECT";
                    case CL_INVALID_BUFFER_SIZE -> "CL_INVALID_BUFFER_SIZE";
                    case CL_INVALID_KERNEL -> "CL_INVALID_KERNEL";
                    case CL_INVALID_KERNEL_ARGS -> "CL_INVALID_KERNEL_ARGS";
                    case CL_INVALID_VALUE -> "CL_INVALID_VALUE";
                    case CL_INVALID_WORK_GROUP_SIZE -> "CL_INVALID_WORK_GROUP_SIZE";
                    default -> "CL error";
                }
                + " (" + code + ")";
    }

    /// Frees it, and all that it holds.
    @Override
    public void close() {
        arrays.forEach(OpenClArray::free);
        kernels.forEach(kernel -> clReleaseKernel(kernel));
        if (program != 0) {
            clReleaseProgram(program);
        }
        clReleaseCommandQueue(queue);
        clReleaseContext(context);
    }
}
