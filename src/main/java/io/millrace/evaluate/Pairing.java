package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Two predictions of the same example that come in different blocks, one of what serves and one of a candidate,
/// brought
/// together by the hash of the example's id, whichever comes first.
///
/// - **Memory**: at most as many examples wait as it has room for; where more come, the oldest are dropped and counted.
/// - **Order**: what pairs up is handed out in the order in which it did, so sums over it can be made again.
///
/// @param <V> what names a version
public final class Pairing<V> {
    /// Examples that wait, at most.
    public static final int CAPACITY = 65_536;

    /// An example that both have predicted.
    ///
    /// @param served prediction, as [Outcome] says, and so `candidate`
    /// @param cluster of its group, 0 to 255
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    public record Row(long id, float[] served, float[] candidate, float label, float weight, int cluster) {}

    /// Examples that the same two versions have predicted.
    public record Pairs<V>(V served, V candidate, List<Row> rows) {}

    @SuppressWarnings("ArrayRecordComponent") // as above
    private record Waiting<V>(boolean isServed, V by, float[] prediction, float label) {}

    private record Versions<V>(V served, V candidate) {}

    private final int capacity;
    private final Map<Long, Waiting<V>> waiting = new LinkedHashMap<>();
    private final Map<Versions<V>, Pairs<V>> paired = new LinkedHashMap<>();
    private long dropped;

    public Pairing() {
        this(CAPACITY);
    }

    Pairing(int capacity) {
        this.capacity = capacity;
    }

    /// Adds a prediction of what serves, which is kept.
    public void served(V by, long id, float[] prediction, float label, float weight, int cluster) {
        add(new Waiting<>(true, by, prediction, label), id, weight, cluster);
    }

    /// Adds a prediction of the candidate, which is kept.
    public void candidate(V by, long id, float[] prediction, float label, float weight, int cluster) {
        add(new Waiting<>(false, by, prediction, label), id, weight, cluster);
    }

    private void add(Waiting<V> comes, long id, float weight, int cluster) {
        var other = waiting.remove(id);
        if (other != null && other.isServed != comes.isServed && other.label == comes.label) {
            var served = comes.isServed ? comes : other;
            var candidate = comes.isServed ? other : comes;
            paired.computeIfAbsent(
                            new Versions<>(served.by, candidate.by),
                            versions -> new Pairs<>(versions.served, versions.candidate, new ArrayList<>()))
                    .rows()
                    .add(new Row(id, served.prediction, candidate.prediction, comes.label, weight, cluster));
            return;
        }
        if (other != null) {
            dropped++; // another event of that id
        }
        waiting.put(id, comes);
        if (waiting.size() > capacity) {
            waiting.remove(waiting.keySet().iterator().next());
            dropped++;
        }
    }

    /// What has paired up since the last call, a group for each two versions.
    public List<Pairs<V>> take() {
        var taken = List.copyOf(paired.values());
        paired.clear();
        return taken;
    }

    /// Predictions that never found the other.
    public long dropped() {
        return dropped;
    }

    /// Nothing waits any longer.
    public void clear() {
        waiting.clear();
        paired.clear();
    }
}
