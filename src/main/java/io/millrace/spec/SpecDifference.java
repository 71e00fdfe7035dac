package io.millrace.spec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A key in which two specs differ.
///
/// @param key its path, such as `features[2].number`
/// @param expected what the first spec says, shortened; `nothing` where it says nothing
/// @param found what the second says
public record SpecDifference(String key, String expected, String found) {
    /// What may differ between specs that make the same examples: how is learned, when versions leave, what the gate
    /// wants.
    private static final Set<String> BEYOND_EXAMPLES = Set.of(
            "learn.loss",
            "learn.tau",
            "learn.delta",
            "learn.learner",
            "learn.optimizer",
            "learn.lanes",
            "learn.kernel",
            "publish",
            "gate");

    /// What makes the examples that versions are judged by, and the kind of what they predict.
    private static final Set<String> JUDGING =
            Set.of("model", "events.topic", "events.id", "events.time", "split", "label", "learn.loss");

    /// Where a spec would make other blocks than those of `blocks`; empty where it may learn from them.
    public static Optional<SpecDifference> ofExamples(Spec blocks, Spec other) {
        return between(blocks, other, path -> !BEYOND_EXAMPLES.contains(path));
    }

    /// Where versions of two specs can't be compared, as they predict other things or for other groups; empty where
    /// they can.
    public static Optional<SpecDifference> ofJudging(Spec champion, Spec other) {
        return between(
                champion, other, path -> JUDGING.stream().anyMatch(key -> isWithin(path, key) || isWithin(key, path)));
    }

    /// Whether a path is another one, or leads on from it.
    private static boolean isWithin(String path, String above) {
        return path.startsWith(above)
                && (path.length() == above.length() || ".[".indexOf(path.charAt(above.length())) >= 0);
    }

    /// All differences of two specs, in the order of the keys.
    public static List<SpecDifference> all(Spec one, Spec other) {
        var all = new ArrayList<SpecDifference>();
        collect(node(one), node(other), _ -> true, all);
        return all;
    }

    private static Optional<SpecDifference> between(Spec one, Spec other, Predicate<String> counts) {
        var all = new ArrayList<SpecDifference>();
        collect(node(one), node(other), counts, all);
        return all.stream().findFirst();
    }

    private static Node node(Spec spec) {
        return NodeReader.json(SpecHash.canonical(spec).toJson());
    }

    private static void collect(Node one, Node other, Predicate<String> counts, List<SpecDifference> into) {
        if (one instanceof Node.Block first && other instanceof Node.Block second) {
            var keys = new LinkedHashSet<>(first.entries().keySet());
            keys.addAll(second.entries().keySet());
            for (var key : keys) {
                below(first.entries().get(key), second.entries().get(key), counts, into);
            }
        } else if (one instanceof Node.Items first && other instanceof Node.Items second) {
            for (var i = 0; i < Math.max(first.values().size(), second.values().size()); i++) {
                below(at(first, i), at(second, i), counts, into);
            }
        } else if (!one.toString().equals(other.toString()) || !text(one).equals(text(other))) {
            into.add(new SpecDifference(one.path(), one.toString(), other.toString()));
        }
    }

    private static void below(
            @Nullable Node one, @Nullable Node other, Predicate<String> counts, List<SpecDifference> into) {
        var there = one == null ? other : one;
        if (there == null || !counts.test(there.path())) {
            return;
        }
        if (one == null || other == null) {
            into.add(new SpecDifference(
                    there.path(),
                    one == null ? "nothing" : one.toString(),
                    other == null ? "nothing" : other.toString()));
        } else {
            collect(one, other, counts, into);
        }
    }

    private static @Nullable Node at(Node.Items items, int i) {
        return i < items.values().size() ? items.values().get(i) : null;
    }

    /// Whole: as it is shown it may be cut.
    private static String text(Node node) {
        return node instanceof Node.Scalar scalar ? scalar.text() : node.toString();
    }

    /// `features[2].number = distance: expected origin`.
    @Override
    public String toString() {
        return key + " = " + found + ": expected " + expected;
    }
}
