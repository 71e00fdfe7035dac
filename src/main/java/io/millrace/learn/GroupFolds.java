package io.millrace.learn;

import io.millrace.kernel.Digest;
import io.millrace.schema.StateGroups;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The fold of each group that was dealt to one, for ever: learned state beside the cells.
///
/// - **Shape**: groups in the order in which they were dealt, in pages of [#PAGE]; at most [#MOST]. Only the last page
///   changes, so a commit stores what is new and no more.
/// - **Units**: a group is the hash that its examples carry; two of one hash are one.
/// - **Digest**: the sum of mix64(mix64(group) + fold) modulo 2^64, kept up with every group.
public final class GroupFolds {
    /// 9 MiB as they are stored, 17 MiB in memory.
    static final int MOST = 1 << 20;

    /// Groups a page.
    public static final int PAGE = 1024;

    private final int count;
    private final int most;
    private long[] groups = {};
    private byte[] folds = {};
    /// Open addressing: a position and 1, or 0 where there is none; at most half of it is taken.
    private int[] slots = {};
    private int size;
    private long digest;

    /// @param count of folds
    /// @param most groups; a multiple of [#PAGE]
    GroupFolds(int count, int most) {
        this.count = count;
        this.most = most;
        reset();
    }

    void reset() {
        groups = new long[PAGE];
        folds = new byte[PAGE];
        slots = new int[2 * PAGE];
        size = 0;
        digest = 0;
    }

    /// Groups that have a fold.
    public int size() {
        return size;
    }

    boolean isFull() {
        return size == most;
    }

    long digest() {
        return digest;
    }

    /// Where a group stands; negative where it was never dealt.
    int find(long group) {
        return slots[slot(group)] - 1;
    }

    /// The fold of the group at a position.
    int fold(int position) {
        return folds[position];
    }

    /// Remembers a group that is not there yet; there is room.
    void add(long group, int fold) {
        if (size == groups.length) {
            grow();
        }
        groups[size] = group;
        folds[size] = (byte) fold;
        slots[slot(group)] = ++size;
        digest += Digest.mix64(Digest.mix64(group) + fold);
    }

    private int slot(long group) {
        var mask = slots.length - 1;
        var slot = (int) Digest.mix64(group) & mask;
        while (slots[slot] != 0 && groups[slots[slot] - 1] != group) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        groups = Arrays.copyOf(groups, 2 * size);
        folds = Arrays.copyOf(folds, 2 * size);
        slots = new int[4 * size];
        for (var at = 0; at < size; at++) {
            slots[slot(groups[at])] = at + 1;
        }
    }

    /// As a record of the changelog.
    ///
    /// @param page one that has a group
    public StateGroups page(int page) {
        var from = page * PAGE;
        var n = Math.min(size - from, PAGE);
        var hashes = ByteBuffer.allocate(n * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        hashes.asLongBuffer().put(groups, from, n);
        var numbers = ByteBuffer.wrap(Arrays.copyOfRange(folds, from, from + n));
        return new StateGroups(page, hashes, numbers, crc(hashes, numbers));
    }

    /// Takes up a page; those before it are there. What is there already stays.
    ///
    /// @throws IllegalArgumentException if its bytes are broken, a page before it is missing, or it says anything
    ///     else of a group that is there
    public void restore(StateGroups stored) {
        var from = (long) stored.getPage() * PAGE;
        require(stored.getPage() >= 0 && from <= size, "page", stored.getPage(), "the next of " + size + " groups");
        var n = stored.getFolds().remaining();
        require(n <= PAGE && from + n <= most, "groups", n, "at most " + Math.min(PAGE, most - from));
        require(
                stored.getGroups().remaining() == n * Long.BYTES,
                "bytes of groups",
                stored.getGroups().remaining(),
                Integer.toString(n * Long.BYTES));
        var computed = crc(stored.getGroups(), stored.getFolds());
        require(stored.getCrc() == computed, "crc", stored.getCrc(), Integer.toString(computed));
        var hashes = stored.getGroups().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        var numbers = stored.getFolds().duplicate();
        for (var at = (int) from; numbers.hasRemaining(); at++) {
            var group = hashes.getLong();
            var fold = numbers.get();
            require(fold >= 0 && fold < count, "fold", fold, "0 to " + (count - 1));
            var there = find(group);
            require(there < 0 ? at == size : at == there, "group", at, "the group that is there, or one that is new");
            if (there < 0) {
                add(group, fold);
            } else {
                require(folds[at] == fold, "fold", fold, folds[at] + ", as group " + at + " was dealt");
            }
        }
    }

    private static int crc(ByteBuffer groups, ByteBuffer folds) {
        var crc = new CRC32C();
        crc.update(groups.duplicate());
        crc.update(folds.duplicate());
        return (int) crc.getValue();
    }

    private static void require(boolean right, String what, long value, String expected) {
        if (!right) {
            throw new IllegalArgumentException(what + " = " + value + " is wrong: expected " + expected);
        }
    }
}
