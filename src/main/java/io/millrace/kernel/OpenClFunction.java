package io.millrace.kernel;

import static org.lwjgl.opencl.CL10.*;

import org.lwjgl.BufferUtils;
import org.lwjgl.PointerBuffer;

/// A function of a device's program: its arguments in their order, then a run.
final class OpenClFunction {
    /// Items of a group: the same for every call, as a driver may compile for each size anew.
    private static final int GROUP = 64;

    /// Items of a group of tiles in each direction, and columns and rows of its tile.
    private static final int SIDE = 8;

    private static final int TILE = 32;

    private final OpenCl device;
    private final long kernel;
    private final String name;
    /// What a failed run of it is told as.
    private final String run;

    private final PointerBuffer global = BufferUtils.createPointerBuffer(2);
    private final PointerBuffer line =
            BufferUtils.createPointerBuffer(1).put(GROUP).flip();
    private final PointerBuffer square =
            BufferUtils.createPointerBuffer(2).put(SIDE).put(SIDE).flip();
    private int next;

    OpenClFunction(OpenCl device, long kernel, String name) {
        this.device = device;
        this.kernel = kernel;
        this.name = name;
        run = "clEnqueueNDRangeKernel of " + name;
    }

    OpenClFunction with(OpenClArray array) {
        return set(clSetKernelArg1p(kernel, next, array.memory()));
    }

    OpenClFunction with(int value) {
        return set(clSetKernelArg1i(kernel, next, value));
    }

    OpenClFunction with(float value) {
        return set(clSetKernelArg1f(kernel, next, value));
    }

    OpenClFunction with(long value) {
        return set(clSetKernelArg1l(kernel, next, value));
    }

    private OpenClFunction set(int code) {
        if (code != CL_SUCCESS) {
            device.check("clSetKernelArg " + next + " of " + name, code);
        }
        next++;
        return this;
    }

    /// For `n` items.
    void run(int n) {
        global.clear().put((n + GROUP - 1L) / GROUP * GROUP).flip();
        run(1, line);
    }

    /// For tiles over so many columns and rows.
    void run(int columns, int rows) {
        global.clear().put(items(columns)).put(items(rows)).flip();
        run(2, square);
    }

    private static long items(int n) {
        return (n + TILE - 1L) / TILE * SIDE;
    }

    private void run(int dimensions, PointerBuffer group) {
        next = 0;
        if (global.get(0) == 0) {
            return;
        }
        device.check(run, clEnqueueNDRangeKernel(device.queue(), kernel, dimensions, null, global, group, null, null));
    }
}
