package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.feature.Murmur3;
import io.millrace.model.Model;
import io.millrace.spec.Spec;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Events that can be recognised in a version by a weight of their own, and how long each took to be answered with.
final class Tags {
    /// @param index of the weight that only this event moves
    /// @param counts whether it came after the warm-up
    /// @param produced nanoseconds of the clock
    private record Tag(int index, boolean counts, long produced) {}

    /// @param version that has learned the tag
    private record Learned(Tag tag, long version) {}

    private final int seed = Murmur3.hash32("origin".getBytes(UTF_8), 0, "origin".length(), 0);
    private final int mask;
    private final Deque<Tag> produced = new ArrayDeque<>();
    private final Deque<Learned> learned = new ArrayDeque<>();
    private final Delays toSwap = new Delays("produced to swapped in", "tags");
    private final Delays toAnswer = new Delays("produced to answered with", "tags");
    private @Nullable Model newest;

    Tags(Spec spec) {
        mask = (1 << spec.learn().bits()) - 1;
    }

    /// An event whose origin is `name` is about to leave. One whose weight another feature moves already is no tag.
    synchronized void produced(String name, boolean counts) {
        var bytes = name.getBytes(UTF_8);
        var index = Murmur3.hash32(bytes, 0, bytes.length, seed) & mask;
        if (newest == null || newest.weight(index) == 0) {
            produced.add(new Tag(index, counts, System.nanoTime()));
        }
    }

    /// A version became current.
    synchronized void swapped(Model model) {
        newest = model;
        while (!produced.isEmpty() && model.weight(produced.getFirst().index()) != 0) {
            var tag = produced.removeFirst();
            learned.add(new Learned(tag, model.manifest().getVersion()));
            if (tag.counts()) {
                toSwap.add(tag.produced(), System.nanoTime());
            }
        }
    }

    /// An answer came from a version.
    synchronized void answered(long version) {
        while (!learned.isEmpty() && learned.getFirst().version() <= version) {
            var tag = learned.removeFirst().tag();
            if (tag.counts()) {
                toAnswer.add(tag.produced(), System.nanoTime());
            }
        }
    }

    synchronized boolean allAnswered() {
        return produced.isEmpty() && learned.isEmpty();
    }

    synchronized void print() {
        toSwap.print();
        toAnswer.print();
    }
}
