package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.kernel.Digest;
import io.millrace.learn.LanesConfig.By;
import io.millrace.learn.LanesConfig.Strata;
import io.millrace.schema.StateGroups;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Folds in strata have what scikit-learn's have: equal shares of each class, and no group in two of them.
class FoldsTest {
    private final Random random = Seed.random();

    static LanesConfig folds(int n, By by, Strata strata) {
        return new LanesConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(n),
                Optional.of(by),
                Optional.ofNullable(strata),
                Optional.empty());
    }

    private static long sum(long[] counts) {
        return Arrays.stream(counts).sum();
    }

    private static double deviation(double[] shares) {
        var mean = Arrays.stream(shares).average().orElseThrow();
        return Math.sqrt(Arrays.stream(shares)
                .map(share -> (share - mean) * (share - mean))
                .average()
                .orElseThrow());
    }

    /// What scikit-learn's `StratifiedGroupKFold` makes least, were one more example of a class in a fold: the mean
    /// over
    /// classes of the standard deviation of the folds' shares.
    private static double unevenness(long[][] dealt, int of, int fold) {
        return IntStream.range(0, dealt.length)
                .filter(label -> sum(dealt[label]) > 0 || label == of)
                .mapToDouble(label -> deviation(IntStream.range(0, dealt[label].length)
                        .mapToDouble(k -> (dealt[label][k] + (label == of && k == fold ? 1 : 0))
                                / (double) (sum(dealt[label]) + (label == of ? 1 : 0)))
                        .toArray()))
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 15})
    void of_examples_have_no_two_of_a_class_more_than_another(int n) {
        var folds = new Folds(folds(n, By.ID, Strata.CLASS));
        var dealt = new long[2][n];
        var hashed = new HashSet<Integer>();
        for (var i = 0; i < 5_000; i++) {
            var label = random.nextInt(20) == 0 ? 1 : 0;

            var fold = folds.deal(random.nextLong(), 7, label);

            for (var other = 0; other < n; other++) {
                var asFew = dealt[label][other] == dealt[label][fold];
                assertThat(asFew && dealt[0][other] + dealt[1][other] < dealt[0][fold] + dealt[1][fold])
                        .as("fold %d rather than %d, which has fewer in all", fold, other)
                        .isFalse();
            }
            dealt[label][fold]++;
            for (var counts : dealt) {
                assertThat(Arrays.stream(counts).max().orElseThrow()
                                - Arrays.stream(counts).min().orElseThrow())
                        .isBetween(0L, 1L);
            }
            var sizes = IntStream.range(0, n).map(k -> (int) (dealt[0][k] + dealt[1][k]));
            var size = sizes.summaryStatistics();
            assertThat(size.getMax() - size.getMin()).isBetween(0, 2);
            if (i % n == 0) {
                hashed.add(fold);
            }
        }
        assertThat(sum(dealt[1])).isGreaterThan(100);
        assertThat(hashed).as("not the same one first every time").hasSize(n);
        assertThat(folds.groups()).isEmpty();
        assertThat(folds.state()).hasSize(2 * n);
    }

    @Test
    void of_groups_take_each_where_shares_are_evened_best_and_keep_it() {
        var n = 5;
        var folds = new Folds(folds(n, By.GROUP, Strata.CLASS));
        var dealt = new long[2][n];
        var known = new HashMap<Long, Integer>();
        for (var i = 0; i < 20_000; i++) {
            var number = (long) (1_500 * Math.pow(random.nextDouble(), 3));
            var group = Digest.mix64(number);
            var label = random.nextInt(10) < number % 4 ? 1 : 0;

            var fold = folds.deal(random.nextLong(), group, label);

            var before = known.putIfAbsent(group, fold);
            if (before == null) {
                var least = IntStream.range(0, n)
                        .mapToDouble(k -> unevenness(dealt, label, k))
                        .min()
                        .orElseThrow();
                assertThat(unevenness(dealt, label, fold)).isCloseTo(least, within(1e-12));
            } else {
                assertThat(fold).isEqualTo(before);
            }
            dealt[label][fold]++;
        }
        assertThat(folds.groups().orElseThrow().size()).isEqualTo(known.size()).isGreaterThan(1_000);
        assertThat(folds.byHash()).isZero();
    }

    /// Groups of some twenty examples that come and go, each with classes of its own: over ten streams, the share of a
    /// class in a fold is off by some 2 % of itself, and by 12 % where a hash deals.
    @Test
    void of_groups_that_come_and_go_have_nearly_equal_shares_of_each_class() {
        var strata = 0.0;
        var byHash = 0.0;
        for (var stream = 0; stream < 10; stream++) {
            var seed = random.nextLong();
            strata += furthestShare(new Folds(folds(5, By.GROUP, Strata.CLASS)), new Random(seed));
            byHash += furthestShare(new Folds(folds(5, By.GROUP, null)), new Random(seed));
        }
        assertThat(strata / 10).isLessThan(0.05);
        assertThat(byHash / 10).isGreaterThan(0.07);
    }

    private static double furthestShare(Folds folds, Random random) {
        var dealt = new long[2][5];
        var there = random.longs(50).toArray();
        for (var i = 0; i < 20_000; i++) {
            var at = random.nextInt(there.length);
            there[at] = random.nextInt(13) == 0 ? random.nextLong() : there[at];
            var label = random.nextInt(10) < (there[at] & 3) ? 1 : 0;
            dealt[label][folds.deal(i, there[at], label)]++;
        }
        return Arrays.stream(dealt)
                .flatMapToDouble(counts -> Arrays.stream(counts).mapToDouble(n -> Math.abs(5.0 * n / sum(counts) - 1)))
                .max()
                .orElseThrow();
    }

    @Test
    void of_groups_that_found_no_room_are_by_hash_and_counted() {
        var folds = new Folds(folds(4, By.GROUP, Strata.CLASS), GroupFolds.PAGE);
        var byHash = new Folds(folds(4, By.GROUP, null));
        var dealt = new int[GroupFolds.PAGE];
        for (var group = 0; group < GroupFolds.PAGE; group++) {
            dealt[group] = folds.deal(1, group, group % 2);
        }

        for (var group = 0; group < 3 * GroupFolds.PAGE; group++) {
            var fold = folds.deal(random.nextLong(), group, random.nextInt(2));
            assertThat(fold).isEqualTo(group < dealt.length ? dealt[group] : byHash.deal(1, group, 0));
        }

        assertThat(folds.groups().orElseThrow().size()).isEqualTo(GroupFolds.PAGE);
        assertThat(folds.byHash()).isEqualTo(2 * GroupFolds.PAGE);
        var again = new Folds(folds(4, By.GROUP, Strata.CLASS), GroupFolds.PAGE);
        again.restore(folds.state());
        assertThat(again.byHash()).isEqualTo(2 * GroupFolds.PAGE);
        assertThat(again.state()).isEqualTo(folds.state()).hasSize(9);
    }

    @Test
    void by_hash_are_even_and_of_whole_groups() {
        var folds = new Folds(folds(5, By.GROUP, null));
        var counts = new int[5];
        for (var group = 0; group < 10_000; group++) {
            // train has the middle of the hashes only
            var hash = Long.MIN_VALUE / 2 + (random.nextLong() >>> 2);
            counts[folds.deal(random.nextLong(), hash, 0)]++;
            assertThat(folds.deal(1, hash, 0)).isEqualTo(folds.deal(2, hash, 1));
        }
        for (var count : counts) {
            assertThat(count).isBetween(1_800, 2_200);
        }
        assertThat(folds.state()).isEmpty();
        assertThat(folds.groups()).isEmpty();
    }

    @Nested
    class Stored_groups {
        private final int count = 2 * GroupFolds.PAGE + 77;
        private final GroupFolds groups = new GroupFolds(5, GroupFolds.MOST);

        private GroupFolds filled() {
            for (var i = 0; i < count; i++) {
                groups.add(i == 5 ? 0 : Digest.mix64(i + 1), random.nextInt(5));
            }
            return groups;
        }

        @Test
        void are_the_same_again_however_often_they_are_read() {
            filled();
            var again = new GroupFolds(5, GroupFolds.MOST);
            for (var page : new int[] {0, 0, 1, 1, 2, 2}) {
                again.restore(groups.page(page));
            }

            assertThat(again.size()).isEqualTo(groups.size()).isEqualTo(count);
            assertThat(again.digest()).isEqualTo(groups.digest()).isNotZero();
            for (var i = 0; i < count; i++) {
                var group = i == 5 ? 0 : Digest.mix64(i + 1);
                assertThat(again.find(group)).isEqualTo(i);
                assertThat(again.fold(i)).isEqualTo(groups.fold(i));
            }
            assertThat(again.find(-77)).isNegative();
            assertThat(groups.page(2).getFolds().remaining()).isEqualTo(77);
        }

        /// A page is stored again and again while it fills.
        @Test
        void grow_by_a_later_page_of_the_same_number() {
            groups.add(10, 1);
            var early = groups.page(0);
            filled();
            var again = new GroupFolds(5, GroupFolds.MOST);

            again.restore(early);
            again.restore(groups.page(0));
            again.restore(early); // a restore that begins anew

            assertThat(again.size()).isEqualTo(GroupFolds.PAGE);
            assertThat(again.find(10)).isZero();
        }

        @Test
        void take_little_of_a_record_however_many_they_are() {
            while (!groups.isFull()) {
                groups.add(Digest.mix64(groups.size()), groups.size() % 5);
            }

            var last = groups.page(GroupFolds.MOST / GroupFolds.PAGE - 1);

            assertThat(last.getGroups().remaining() + last.getFolds().remaining())
                    .isEqualTo(9 * GroupFolds.PAGE);
            assertThat(groups.find(Digest.mix64(GroupFolds.MOST - 1))).isEqualTo(GroupFolds.MOST - 1);
        }

        @Test
        void are_refused_where_a_page_is_missing_or_broken() {
            filled();
            var page = groups.page(0);
            var other = new GroupFolds(5, GroupFolds.MOST);
            other.add(1, 1);

            assertRefused(
                    new GroupFolds(5, GroupFolds.MOST), groups.page(1), "page = 1 is wrong: expected the next of");
            assertRefused(new GroupFolds(2, GroupFolds.MOST), page, "is wrong: expected 0 to 1");
            assertRefused(other, page, "group = 0 is wrong");
            page.getFolds().put(3, (byte) ((page.getFolds().get(3) + 1) % 5));
            assertRefused(new GroupFolds(5, GroupFolds.MOST), page, "crc = ");
            var short0 = StateGroups.newBuilder(groups.page(0))
                    .setGroups(groups.page(0).getGroups().limit(80))
                    .build();
            assertRefused(new GroupFolds(5, GroupFolds.MOST), short0, "bytes of groups = 80 is wrong: expected 8192");
        }

        @Test
        void are_refused_where_one_was_dealt_elsewhere() {
            groups.add(1, 1);
            var other = new GroupFolds(5, GroupFolds.MOST);
            other.add(1, 2);

            assertRefused(other, groups.page(0), "fold = 1 is wrong: expected 2, as group 0 was dealt");
        }

        private void assertRefused(GroupFolds into, StateGroups page, String why) {
            assertThatThrownBy(() -> into.restore(page))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(why);
        }
    }
}
