package io.millrace.split;

import io.millrace.schema.SeenPage;
import io.millrace.schema.SeenState;
import java.util.ArrayList;
import java.util.List;

/// The ids of recent examples of one partition, so that an event that comes again is known. One a task.
///
/// Its clock is the latest event time so far, so a replay remembers and forgets as live did. Ids lie in buckets by
/// what that clock said when they came in, and are forgotten a bucket at a time: an id is remembered for at least
/// `within`, and less than an eighth longer. A duplicate does not prolong it.
///
/// - **Memory**: at most [#BYTES] an id of `most`, in tables that grow as ids come: 11 to 22, and 8 more until the
///   next commit. When there are `most` ids, the oldest bucket, an eighth of them or less, is forgotten before its
///   time and counted.
/// - **Errors**: ids are 64-bit hashes; among `n` ids in memory, a new event is taken for a duplicate with a chance
///   of `n` / 2^64. An event far in the future makes what came before it forgotten.
public final class Seen implements Ids {
    /// Most bytes of memory an id: a table that has just grown, and what waits for the next commit.
    public static final int BYTES = 32;

    private static final int BUCKETS = 8;

    private final long within;
    private final long width;
    private final int most;
    private final List<IdBucket> buckets = new ArrayList<>();
    private final List<SeenPage> full = new ArrayList<>();
    private final List<Gone> gone = new ArrayList<>();
    private long time = Long.MIN_VALUE;
    private long next;
    private int size;
    private long duplicates;
    private long forgotten;

    public Seen(DedupeConfig config) {
        within = config.within().toMillis();
        width = (within + BUCKETS - 1) / BUCKETS;
        most = config.most();
    }

    private record Gone(long number, int pages) {}

    /// Where what changed goes.
    public interface Changes {
        /// A page that has more ids than it had, or is new.
        void page(SeenPage page);

        /// A page whose ids are forgotten.
        void forgotten(long bucket, int page);
    }

    @Override
    public boolean add(long id, long eventTime) {
        if (eventTime > time) {
            time = eventTime;
            while (!buckets.isEmpty() && time - buckets.getFirst().from >= within + width) {
                drop();
            }
        }
        for (var i = buckets.size() - 1; i >= 0; i--) {
            if (buckets.get(i).contains(id)) {
                duplicates++;
                return false;
            }
        }
        if (size == most) {
            forgotten += buckets.getFirst().size();
            drop();
        }
        var bucket = open();
        if (bucket.add(id)) {
            full.add(bucket.take());
        }
        size++;
        return true;
    }

    private void drop() {
        var bucket = buckets.removeFirst();
        size -= bucket.size();
        full.removeIf(page -> page.getBucket() == bucket.number);
        gone.add(new Gone(bucket.number, bucket.pages()));
    }

    /// The bucket that ids are added to.
    private IdBucket open() {
        if (!buckets.isEmpty()) {
            var last = buckets.getLast();
            if (time - last.from < width && last.size() < most / BUCKETS) {
                return last;
            }
            if (last.isChanged()) {
                full.add(last.take());
            }
            last.seal();
        }
        var bucket = new IdBucket(next++, time);
        buckets.add(bucket);
        return bucket;
    }

    /// Hands on what changed since the last time, pages in the order of their ids.
    public void changes(Changes to) {
        for (var bucket : gone) {
            for (var page = 0; page < bucket.pages; page++) {
                to.forgotten(bucket.number, page);
            }
        }
        gone.clear();
        full.forEach(to::page);
        full.clear();
        if (!buckets.isEmpty() && buckets.getLast().isChanged()) {
            to.page(buckets.getLast().take());
        }
    }

    /// All that is no id.
    public SeenState state() {
        var oldest = buckets.isEmpty() ? next : buckets.getFirst().number;
        return new SeenState(time, oldest, size, sum(), duplicates, forgotten);
    }

    private long sum() {
        var sum = 0L;
        for (var bucket : buckets) {
            sum += bucket.sum();
        }
        return sum;
    }

    /// Adds the ids of a page that [#changes] gave; those that are there already change nothing.
    ///
    /// @throws IllegalArgumentException if it is no page
    public void restore(SeenPage page) {
        var bytes = page.getIds();
        var count = bytes.remaining() / Long.BYTES;
        if (count < 1 || count > IdBucket.PAGE || bytes.remaining() % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "a page of ids of " + bytes.remaining() + " bytes: expected 1 to " + IdBucket.PAGE + " of 8 bytes");
        }
        var ids = new long[IdBucket.PAGE];
        Columns.unpack(bytes, ids, count);
        var bucket = bucket(page.getBucket(), page.getFrom());
        size += bucket.restore(page.getPage(), ids, count);
    }

    private IdBucket bucket(long number, long from) {
        var i = buckets.size();
        while (i > 0 && buckets.get(i - 1).number >= number) {
            i--;
        }
        if (i == buckets.size() || buckets.get(i).number != number) {
            buckets.add(i, new IdBucket(number, from));
            next = Math.max(next, number + 1);
        }
        return buckets.get(i);
    }

    /// Takes over what [#state] gave, after the pages before it: what was forgotten then is forgotten.
    public void restore(SeenState state) {
        time = state.getTime();
        duplicates = state.getDuplicates();
        forgotten = state.getForgotten();
        next = Math.max(next, state.getOldest());
        while (!buckets.isEmpty() && buckets.getFirst().number < state.getOldest()) {
            size -= buckets.removeFirst().size();
        }
        for (var i = 0; i < buckets.size() - 1; i++) {
            buckets.get(i).seal();
        }
    }

    /// Whether the ids are those that a state tells of.
    public boolean has(SeenState state) {
        return size == state.getIds() && sum() == state.getSum();
    }

    /// Forgets everything, as if no event had come.
    public void reset() {
        buckets.clear();
        full.clear();
        gone.clear();
        time = Long.MIN_VALUE;
        next = 0;
        size = 0;
        duplicates = 0;
        forgotten = 0;
    }

    /// Ids remembered.
    public int size() {
        return size;
    }

    /// Events that were dropped, since the first.
    public long duplicates() {
        return duplicates;
    }

    /// Ids that were forgotten before their time, since the first, as there were too many.
    public long forgotten() {
        return forgotten;
    }

    /// Bytes of all arrays of ids.
    long bytes() {
        var bytes = (long) full.size() * IdBucket.PAGE * Long.BYTES;
        for (var bucket : buckets) {
            bytes += bucket.bytes();
        }
        return bytes;
    }
}
