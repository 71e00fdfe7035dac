package io.millrace.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;

/// `{ cross: all-pairs, of: [a, b, c] }` is a short way to write `{ cross: [a, b] }`, `{ cross: [a, c] }` and
/// `{ cross: [b, c] }` in its place, in this order. So it has their names, indices, JSON and hash, and a spec may go
/// over
/// from one way to the other under its log.
final class AllPairs {
    /// More would be over 2,000 crosses.
    private static final int MOST = 64;

    private static final String CROSS = "cross";
    private static final String OF = "of";
    private static final String WORD = "all-pairs";

    private AllPairs() {}

    /// @return the pairs, each with the line of `feature`; `feature` alone where it is something else
    /// @throws Fault if it crosses something else than a list, or `of` is no list of 2 to 64 different parts
    static List<Node> written(Node feature) {
        if (!(feature instanceof Node.Block block) || !(block.entries().get(CROSS) instanceof Node.Scalar cross)) {
            return List.of(feature);
        }
        if (!cross.text().equals(WORD)) {
            throw Binding.wrong(cross, "is not known: expected " + WORD + ", or parts such as [a, b]");
        }
        var of = parts(block);
        var pairs = new ArrayList<Node>();
        for (var i = 0; i < of.size(); i++) {
            for (var j = i + 1; j < of.size(); j++) {
                var entries = new LinkedHashMap<>(block.entries());
                entries.remove(OF);
                entries.put(CROSS, new Node.Items(cross.path(), cross.line(), List.of(of.get(i), of.get(j))));
                pairs.add(new Node.Block(block.path(), block.line(), entries));
            }
        }
        return pairs;
    }

    private static List<Node> parts(Node.Block block) {
        var of = block.entries().get(OF);
        if (of == null) {
            throw new Fault(
                    block.line(),
                    block.path() + "." + OF + " is missing: expected the parts to pair, such as [a, b, c]");
        }
        if (!(of instanceof Node.Items items)) {
            throw Binding.wrong(of, "is no list: expected the parts to pair, such as [a, b, c]");
        }
        var seen = new HashSet<String>();
        for (var part : items.values()) {
            if (!seen.add((String) Scalars.bind(part, String.class))) {
                throw Binding.wrong(part, "is there twice: expected it once");
            }
        }
        if (seen.size() < 2 || seen.size() > MOST) {
            throw Binding.wrong(of, "has " + seen.size() + " parts: expected 2 to " + MOST);
        }
        return items.values();
    }
}
