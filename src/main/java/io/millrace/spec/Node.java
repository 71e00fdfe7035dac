package io.millrace.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// A value of a spec file, and where it stands. Scalars are kept as written: what they mean is decided by the record
/// they are bound to.
sealed interface Node {
    /// The key path, such as `features[2].number`; empty for the whole file.
    String path();

    /// Line in the file, from 1; 0 where it stands in no file of the user's.
    int line();

    record Block(String path, int line, SequencedMap<String, Node> entries) implements Node {
        /// A copy with the entries of `defaults` that are missing here, blocks merged in depth.
        Block over(Block defaults) {
            var merged = new LinkedHashMap<String, Node>(defaults.entries);
            entries.forEach((key, value) -> merged.merge(
                    key,
                    value,
                    (old, own) -> old instanceof Block below && own instanceof Block above ? above.over(below) : own));
            return new Block(path, line, merged);
        }

        @Override
        public String toString() {
            return entries.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
    }

    record Items(String path, int line, List<Node> values) implements Node {
        @Override
        public String toString() {
            return values.toString();
        }
    }

    record Scalar(String path, int line, String text) implements Node {
        @Override
        public String toString() {
            return text.length() <= 64 ? text : text.substring(0, 64) + "…";
        }
    }

    /// The node at `path`, or the nearest one above it that the user wrote.
    default Node nearest(String path) {
        var found = this;
        Node at = this;
        for (var step : path.split("[.\\[]", -1)) {
            var next = at.child(step);
            if (next == null) {
                break;
            }
            at = next;
            found = at.line() > 0 ? at : found;
        }
        return found;
    }

    private @org.jspecify.annotations.Nullable Node child(String step) {
        return switch (this) {
            case Block block -> block.entries.get(step);
            case Items items -> {
                var digits = step.replace("]", "");
                var index = digits.matches("\\d{1,6}") ? Integer.parseInt(digits) : -1;
                yield index >= 0 && index < items.values.size() ? items.values.get(index) : null;
            }
            case Scalar _ -> null;
        };
    }
}
