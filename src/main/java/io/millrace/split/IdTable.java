package io.millrace.split;

/// A set of hashes that only grows: open addressing with linear probing, at most three quarters full.
///
/// - **Shape**: a power of two of slots of 8 bytes, so 11 to 22 bytes an id.
/// - **Errors**: hashes are spread already, so their lower bits are the slot. 0 marks an empty one; a hash of 0 is kept
///   as another, with which it collides as any two may.
/// - **Source**: Knuth, *The Art of Computer Programming*, volume 3, section 6.4, algorithm L.
final class IdTable {
    static final int FIRST_SLOTS = 64;
    private static final long IN_PLACE_OF_ZERO = 0x9e3779b97f4a7c15L;

    private long[] slots = new long[FIRST_SLOTS];
    private int size;

    int size() {
        return size;
    }

    /// Bytes of the slots.
    long bytes() {
        return (long) slots.length * Long.BYTES;
    }

    boolean contains(long hash) {
        return slots[slot(hash == 0 ? IN_PLACE_OF_ZERO : hash)] != 0;
    }

    /// @return whether it was not there
    boolean add(long hash) {
        var id = hash == 0 ? IN_PLACE_OF_ZERO : hash;
        var slot = slot(id);
        if (slots[slot] != 0) {
            return false;
        }
        slots[slot] = id;
        if (++size > slots.length / 4 * 3) {
            grow();
        }
        return true;
    }

    /// Where the id is, or the empty slot where it would be.
    private int slot(long id) {
        var mask = slots.length - 1;
        var slot = (int) id & mask;
        while (slots[slot] != 0 && slots[slot] != id) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        var old = slots;
        slots = new long[2 * old.length];
        for (var id : old) {
            if (id != 0) {
                slots[slot(id)] = id;
            }
        }
    }
}
