package io.millrace.split;

import io.millrace.schema.SeenPage;

/// The ids that came in while the clock of a [Seen] said about the same; and apart, in the order they came, those of
/// its
/// last page, as long as it grows.
final class IdBucket {
    /// Most ids of a page.
    static final int PAGE = 1024;

    private static final long[] NONE = {};

    /// Counted from 0.
    final long number;
    /// What the clock said when the bucket was begun.
    final long from;

    private final IdTable ids = new IdTable();
    private long sum;
    private long[] tail = NONE;
    private int tailSize;
    private int fullPages;
    private boolean changed;

    IdBucket(long number, long from) {
        this.number = number;
        this.from = from;
    }

    int size() {
        return ids.size();
    }

    /// Sum of the ids, modulo 2^64.
    long sum() {
        return sum;
    }

    int pages() {
        return fullPages + (tailSize > 0 ? 1 : 0);
    }

    long bytes() {
        return ids.bytes() + (long) tail.length * Long.BYTES;
    }

    boolean contains(long id) {
        return ids.contains(id);
    }

    /// Adds an id that is not there.
    ///
    /// @return whether the last page is full, and must be taken
    boolean add(long id) {
        ids.add(id);
        sum += id;
        if (tail.length == 0) {
            tail = new long[PAGE];
        }
        tail[tailSize++] = id;
        changed = true;
        return tailSize == PAGE;
    }

    /// Whether the last page has ids that no page taken has.
    boolean isChanged() {
        return changed;
    }

    /// Takes the last page as it is. The next id begins another if it is full.
    SeenPage take() {
        var page = new SeenPage(number, fullPages, from, Columns.pack(tail, tailSize));
        changed = false;
        if (tailSize == PAGE) {
            fullPages++;
            tailSize = 0;
        }
        return page;
    }

    /// Adds the ids of a page, where they are not there, and goes on after the last one.
    ///
    /// @return how many were not there
    int restore(int page, long[] pageIds, int count) {
        var before = ids.size();
        for (var i = 0; i < count; i++) {
            if (ids.add(pageIds[i])) {
                sum += pageIds[i];
            }
        }
        if (page > fullPages || (page == fullPages && count >= tailSize)) {
            fullPages = page;
            tail = pageIds;
            tailSize = count;
            if (count == PAGE) {
                fullPages++;
                tailSize = 0;
            }
        }
        return ids.size() - before;
    }

    /// No id follows.
    void seal() {
        if (tailSize > 0) {
            fullPages++;
            tailSize = 0;
        }
        tail = NONE;
    }
}
