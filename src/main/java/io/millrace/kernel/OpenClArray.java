package io.millrace.kernel;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Floats or ints on a device. It grows, and forgets what it held then.
final class OpenClArray {
    /// Most that is copied at a time.
    private static final int PIECE = 1 << 20;

    private final OpenCl device;
    private int capacity;
    private long memory;
    private ByteBuffer between = ByteBuffer.allocateDirect(0);

    /// @param capacity floats or ints
    OpenClArray(OpenCl device, int capacity) {
        this.device = device;
        this.capacity = Math.max(1, capacity);
        memory = device.allocate(bytes());
    }

    private long bytes() {
        return (long) capacity * Float.BYTES;
    }

    long memory() {
        return memory;
    }

    /// Makes room for so many.
    ///
    /// @return whether it is another array now
    boolean reserve(int n) {
        if (n > capacity) {
            device.free(memory, bytes());
            capacity = 0;
            memory = 0;
            var wanted = Math.max(n, Integer.highestOneBit(n) * 2);
            memory = device.allocate((long) wanted * Float.BYTES);
            capacity = wanted;
            return true;
        }
        return false;
    }

    /// Fills it with zeros.
    void clear() {
        write(new float[Math.min(capacity, PIECE)], 0, 0, capacity, true);
    }

    /// Copies `n` floats from `at` on to the same place.
    void write(float[] from, int at, int n) {
        write(from, at, at, n, false);
    }

    private void write(float[] from, int at, int to, int n, boolean again) {
        for (var done = 0; done < n; done += PIECE) {
            var piece = Math.min(PIECE, n - done);
            var floats = room(piece).asFloatBuffer();
            floats.put(from, again ? 0 : at + done, piece);
            send(to + done, piece);
        }
    }

    /// Copies `n` ints from the first on.
    void write(int[] from, int n) {
        for (var done = 0; done < n; done += PIECE) {
            var piece = Math.min(PIECE, n - done);
            room(piece).asIntBuffer().put(from, done, piece);
            send(done, piece);
        }
    }

    private void send(int to, int n) {
        between.position(0).limit(n * Float.BYTES);
        device.check(
                "clEnqueueWriteBuffer",
                clEnqueueWriteBuffer(device.queue(), memory, true, (long) to * Float.BYTES, between, null, null));
    }

    /// Copies `n` floats from `at` on to the same place of an array, when all that was asked for before is done.
    void read(float[] into, int at, int n) {
        for (var done = 0; done < n; done += PIECE) {
            var piece = Math.min(PIECE, n - done);
            receive(at + done, piece);
            between.asFloatBuffer().get(into, at + done, piece);
        }
    }

    /// The first int.
    int first() {
        receive(0, 1);
        return between.getInt(0);
    }

    private void receive(int at, int n) {
        room(n).position(0).limit(n * Float.BYTES);
        device.check(
                "clEnqueueReadBuffer",
                clEnqueueReadBuffer(device.queue(), memory, true, (long) at * Float.BYTES, between, null, null));
    }

    private ByteBuffer room(int n) {
        if (between.capacity() < n * Float.BYTES) {
            between = ByteBuffer.allocateDirect(Math.max(n, 1024) * Float.BYTES).order(ByteOrder.nativeOrder());
        }
        return between.clear();
    }

    void free() {
        if (memory != 0) {
            device.free(memory, bytes());
            memory = 0;
        }
    }
}
