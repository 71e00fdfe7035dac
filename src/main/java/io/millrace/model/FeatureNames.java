package io.millrace.model;

import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig;
import io.millrace.feature.FeatureEncoder;
import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What people call the features that land in each cell, as far as events tell: a hash can't be turned round, so the
/// names are those of features that were seen. One thread.
///
/// - **Bound**: so many names at most; those that come later are left out.
/// - **Redacted** values have no name: all of such a feature are called `passenger=(redacted)`.
public final class FeatureNames {
    private final FeatureEncoder encoder;
    private final Examples examples;
    private final List<String> redacted;
    private final int most;
    private final Map<Integer, List<String>> byCell = new HashMap<>();
    private int size;
    private int sharing;
    private boolean full;

    /// @param row that events are decoded into
    /// @param most names that are kept, 1 or more
    public FeatureNames(Spec spec, Row row, int most) {
        encoder = new FeatureEncoder(spec.features(), row.fields(), spec.learn().bits(), spec.timeUnit());
        examples = new Examples(spec.numbers().size());
        redacted = spec.features().stream()
                .filter(feature ->
                        feature.fields().stream().anyMatch(spec.events().redacted()::contains))
                .filter(feature -> !(feature instanceof FeatureConfig.Number)) // has the name of its field alone
                .map(feature -> feature.name() + "=")
                .toList();
        this.most = most;
    }

    /// Takes the names of an event's features.
    ///
    /// @throws io.millrace.event.BadEvent if it has none, as it can't be used
    public void see(Row row) {
        examples.clear();
        examples.begin();
        encoder.encode(row, examples);
        examples.end(0, 1, 0, 0, 0);
        var names = encoder.names(row);
        for (var j = 0; j < names.size(); j++) {
            add(examples.indices[j], shown(names.get(j)));
        }
    }

    private String shown(String name) {
        for (var start : redacted) {
            if (name.startsWith(start)) {
                return start + "(redacted)";
            }
        }
        return name;
    }

    private void add(int cell, String name) {
        var there = byCell.get(cell);
        if (there != null && there.contains(name)) {
            return;
        }
        if (size == most) {
            full = true;
            return;
        }
        if (there == null) {
            byCell.put(cell, new ArrayList<>(List.of(name)));
        } else {
            there.add(name);
            sharing++;
        }
        size++;
    }

    /// Names of a cell in the order they came; empty where none was seen.
    public List<String> of(int cell) {
        return List.copyOf(byCell.getOrDefault(cell, List.of()));
    }

    /// Names that were seen.
    public int size() {
        return size;
    }

    /// How many of them landed in a cell that had another name already.
    public int sharing() {
        return sharing;
    }

    /// Whether a name was left out.
    public boolean isFull() {
        return full;
    }
}
