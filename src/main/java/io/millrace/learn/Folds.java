package io.millrace.learn;

import io.millrace.kernel.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Which lanes learn an example, and which are scored on it: all of them, or, where folds are held out, all but the
/// lane of its fold, and that one and the last.
///
/// - **By hash**: of the event's id, or of its group, mixed once more, for which of train, validation and test a
///   group is in was decided by the same hash.
/// - **In strata**: an example is dealt to the fold that has fewest of its class, of those to the one that has fewest
///   in all, of those to the first one from its hash on. So of each class no fold has two examples more than another.
/// - **Groups in strata**: the first example of a group is dealt so, among all that the folds have by then, and those
///   that follow go after it. That fold has the least standard deviation of the folds' shares, averaged over classes:
///   what scikit-learn's `StratifiedGroupKFold` asks of a group, which it knows whole. Where [GroupFolds] is full,
///   the hash decides, and examples are counted.
final class Folds {
    private static final long SALT = 0x666f6c6473L;
    /// Losses of one margin know two.
    private static final int CLASSES = 2;

    private final int folds;
    private final boolean byGroup;
    private final boolean stratified;
    private final int all;
    /// Examples dealt, by class and fold.
    private final long[][] dealt;

    private final Optional<GroupFolds> groups;
    /// Examples of groups that are not remembered.
    private long byHash;

    Folds(LanesConfig lanes) {
        this(lanes, GroupFolds.MOST);
    }

    /// @param most groups that are remembered
    Folds(LanesConfig lanes, int most) {
        folds = lanes.folds().orElse(0);
        byGroup = lanes.by().filter(by -> by == LanesConfig.By.GROUP).isPresent();
        stratified = lanes.strata().isPresent();
        all = (1 << lanes.count()) - 1;
        dealt = new long[stratified ? CLASSES : 0][folds];
        groups = stratified && byGroup ? Optional.of(new GroupFolds(folds, most)) : Optional.empty();
    }

    boolean areHeldOut() {
        return folds > 0;
    }

    /// The fold of an example, which is counted; of no account where none is held out.
    ///
    /// @param label 0 or 1 where there are strata
    int deal(long id, long group, float label) {
        if (!stratified) {
            return hashed(id, group);
        }
        var counts = dealt[(int) label];
        var fold = groups.isPresent() ? of(groups.get(), group, counts) : fewest(counts, hashed(id, group));
        counts[fold]++;
        return fold;
    }

    private int hashed(long id, long group) {
        return (int) Math.unsignedMultiplyHigh(Digest.mix64((byGroup ? group : id) ^ SALT), folds);
    }

    private int of(GroupFolds known, long group, long[] counts) {
        var position = known.find(group);
        if (position >= 0) {
            return known.fold(position);
        }
        if (known.isFull()) {
            byHash++;
            return hashed(0, group);
        }
        var fold = fewest(counts, hashed(0, group));
        known.add(group, fold);
        return fold;
    }

    private int fewest(long[] counts, int first) {
        var best = first;
        for (var k = 1; k < folds; k++) {
            var fold = (first + k) % folds;
            var fewer = Long.compare(counts[fold], counts[best]);
            if (fewer < 0 || (fewer == 0 && inAll(fold) < inAll(best))) {
                best = fold;
            }
        }
        return best;
    }

    private long inAll(int fold) {
        return dealt[0][fold] + dealt[1][fold];
    }

    /// The lanes that learn it, a bit each.
    int learning(int fold) {
        return areHeldOut() ? all & ~(1 << fold) : all;
    }

    /// The lanes that are scored on it.
    int scored(int fold) {
        return areHeldOut() ? 1 << fold | 1 << folds : all;
    }

    /// Those that stay where they were dealt; none where a hash decides, or each example by itself.
    Optional<GroupFolds> groups() {
        return groups;
    }

    /// Examples of groups that there was no room for.
    long byHash() {
        return byHash;
    }

    /// Nothing without strata.
    List<Double> state() {
        var state = new ArrayList<Double>();
        for (var counts : dealt) {
            Arrays.stream(counts).forEach(count -> state.add((double) count));
        }
        if (groups.isPresent()) {
            state.add((double) byHash);
        }
        return state;
    }

    /// @param state as long as what [#state] gives; groups are restored apart
    void restore(List<Double> state) {
        var numbers = state.iterator();
        for (var counts : dealt) {
            for (var fold = 0; fold < folds; fold++) {
                counts[fold] = numbers.next().longValue();
            }
        }
        byHash = numbers.hasNext() ? numbers.next().longValue() : 0;
    }

    void reset() {
        for (var counts : dealt) {
            Arrays.fill(counts, 0);
        }
        groups.ifPresent(GroupFolds::reset);
        byHash = 0;
    }
}
