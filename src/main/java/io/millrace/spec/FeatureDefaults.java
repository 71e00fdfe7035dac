package io.millrace.spec;

import java.util.LinkedHashMap;
import java.util.Map;

/// The user's spec over the defaults: blocks are merged in depth, lists and scalars replace. The `features` of the
/// defaults are a
/// list of templates: an entry of the user's takes what it leaves out from the one that starts with a key of its own.
/// An entry that stands for several becomes those ([AllPairs]). The blocks `split.dedupe`, `events.time` and
/// `learn.learner` are templates too: they are left out where the user
/// writes none.
final class FeatureDefaults {
    private static final String FEATURES = "features";
    private static final Map<String, String> TEMPLATES =
            Map.of("split", "dedupe", "events", "time", "learn", "learner");

    private FeatureDefaults() {}

    static Node.Block apply(Node.Block own, Node.Block defaults) {
        var rest = new LinkedHashMap<>(defaults.entries());
        var templates = rest.remove(FEATURES);
        TEMPLATES.forEach((block, key) -> {
            if (!(own.entries().get(block) instanceof Node.Block given)
                    || !given.entries().containsKey(key)) {
                rest.computeIfPresent(block, (_, all) -> without(key, all));
            }
        });
        var merged = own.over(new Node.Block("", 0, rest));
        if (!(merged.entries().get(FEATURES) instanceof Node.Items given) || !(templates instanceof Node.Items items)) {
            return merged;
        }
        var features = given.values().stream()
                .flatMap(feature -> AllPairs.written(feature).stream())
                .map(feature -> feature(feature, items))
                .toList();
        var entries = new LinkedHashMap<>(merged.entries());
        entries.put(FEATURES, new Node.Items(given.path(), given.line(), features));
        return new Node.Block("", merged.line(), entries);
    }

    private static Node without(String key, Node node) {
        if (!(node instanceof Node.Block block)) {
            return node;
        }
        var entries = new LinkedHashMap<>(block.entries());
        entries.remove(key);
        return new Node.Block(block.path(), block.line(), entries);
    }

    private static Node feature(Node feature, Node.Items templates) {
        if (!(feature instanceof Node.Block block)) {
            return feature;
        }
        for (var node : templates.values()) {
            if (node instanceof Node.Block template
                    && block.entries()
                            .containsKey(template.entries().firstEntry().getKey())) {
                return block.over(template);
            }
        }
        return feature;
    }
}
