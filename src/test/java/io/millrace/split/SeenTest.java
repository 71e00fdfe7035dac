package io.millrace.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.SeenPage;
import io.millrace.schema.SeenState;
import io.millrace.split.DedupeConfig.Across;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenTest {
    private static final long WITHIN = 8_000;
    private static final int MOST = 10_000;

    private static Seen seen() {
        return new Seen(new DedupeConfig(Duration.ofMillis(WITHIN), Across.PARTITION, MOST));
    }

    /// What a changelog with compaction holds: the last page of each name.
    private static final class Kept implements Seen.Changes {
        private final Map<String, SeenPage> pages = new TreeMap<>();

        @Override
        public void page(SeenPage page) {
            pages.put("%09d-%09d".formatted(page.getBucket(), page.getPage()), page);
        }

        @Override
        public void forgotten(long bucket, int page) {
            pages.remove("%09d-%09d".formatted(bucket, page));
        }

        Seen restored(SeenState state) {
            var seen = seen();
            pages.values().forEach(seen::restore);
            seen.restore(state);
            return seen;
        }
    }

    @Nested
    class An_id {
        private final Seen seen = seen();

        @Test
        void is_new_once() {
            assertThat(seen.add(7, 0)).isTrue();
            assertThat(seen.add(7, 0)).isFalse();
            assertThat(seen.add(8, 0)).isTrue();
            assertThat(seen.duplicates()).isEqualTo(1);
            assertThat(seen.size()).isEqualTo(2);
        }

        @Test
        void may_be_zero() {
            assertThat(seen.add(0, 0)).isTrue();
            assertThat(seen.add(0, 0)).isFalse();
        }

        @Test
        void is_remembered_for_so_long_and_less_than_an_eighth_longer() {
            seen.add(1, 500);
            seen.add(2, 500 + WITHIN);

            assertThat(seen.add(1, 0)).isFalse();

            seen.add(3, 500 + WITHIN + WITHIN / 8);

            assertThat(seen.add(1, 0)).isTrue();
            assertThat(seen.add(2, 0)).isFalse();
        }

        @Test
        void that_comes_late_is_remembered_from_then_on() {
            seen.add(1, 1_000_000);

            assertThat(seen.add(2, 5)).isTrue();
            assertThat(seen.add(2, 5)).isFalse();
            seen.add(3, 1_000_000 + WITHIN);
            assertThat(seen.add(2, 5)).isFalse();
        }

        @Test
        void is_not_remembered_longer_for_its_duplicates() {
            seen.add(1, 0);
            seen.add(1, WITHIN / 2);
            seen.add(1, WITHIN);

            assertThat(seen.add(1, WITHIN + WITHIN / 8)).isTrue();
        }

        /// Each id with the time of the clock when it came, all of them looked through.
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void is_new_or_not_as_a_list_of_all_says(long seed) {
            var random = new Random(seed);
            var came = new HashMap<Long, Long>();
            var clock = Long.MIN_VALUE;
            var sure = 0;
            for (var i = 0; i < 20_000; i++) {
                var id = random.nextLong(2_000) * 0xbf58476d1ce4e5b9L;
                var time = 3L * i + random.nextInt(1_000);
                clock = Math.max(clock, time);
                var before = came.get(id);

                var isNew = seen.add(id, time);

                if (before == null || clock - before >= WITHIN + WITHIN / 8) {
                    assertThat(isNew).as("event %d", i).isTrue();
                } else if (clock - before <= WITHIN) {
                    assertThat(isNew).as("event %d", i).isFalse();
                    sure++;
                }
                if (isNew) {
                    came.put(id, clock);
                }
            }
            assertThat(sure).isGreaterThan(1_000);
        }
    }

    @Nested
    class Memory {
        private final Seen seen = seen();

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 100})
        void is_bounded_however_many_ids_come(int step) {
            var random = new Random(5);
            for (var i = 0; i < 30 * MOST; i++) {
                seen.add(random.nextLong(), (long) step * i);
                assertThat(seen.size()).isLessThanOrEqualTo(MOST);
                assertThat(seen.bytes()).isLessThanOrEqualTo((long) Seen.BYTES * MOST);
            }
        }

        @Test
        void forgets_the_oldest_where_there_are_too_many() {
            for (var id = 1; id <= MOST + 1; id++) {
                seen.add(id, 0);
            }

            assertThat(seen.forgotten()).isEqualTo(MOST / 8);
            assertThat(seen.size()).isEqualTo(MOST + 1 - MOST / 8);
            assertThat(seen.add(MOST / 8 + 1, 0)).isFalse();
            assertThat(seen.add(MOST / 8, 0)).isTrue();
        }

        @Test
        void forgets_none_before_its_time_where_there_are_as_many_as_may_be() {
            for (var id = 1; id <= MOST; id++) {
                seen.add(id, 0);
            }

            assertThat(seen.forgotten()).isZero();
            assertThat(seen.add(1, 0)).isFalse();
        }

        @Test
        void is_free_again_after_a_while() {
            for (var id = 1; id <= MOST; id++) {
                seen.add(id, 0);
            }
            seen.changes(new Kept());

            seen.add(0, 2 * WITHIN);

            assertThat(seen.size()).isEqualTo(1);
            assertThat(seen.forgotten()).isZero();
        }
    }

    @Nested
    class Restored_from_its_pages {
        /// Two of the same fed alike, one of them lost and restored now and then.
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4})
        void it_answers_as_if_it_had_never_been_lost(long seed) {
            var random = new Random(seed);
            var undisturbed = seen();
            var lost = seen();
            var kept = new Kept();
            var rate = 1 + random.nextInt(3);
            for (var i = 0; i < 60_000; i++) {
                var id = random.nextLong(i + 1L) * 0xbf58476d1ce4e5b9L;
                var time = (long) rate * i;
                assertThat(lost.add(id, time)).isEqualTo(undisturbed.add(id, time));
                if (random.nextInt(500) == 0) {
                    lost.changes(kept);
                    if (random.nextBoolean()) {
                        lost = kept.restored(lost.state());
                    }
                    assertThat(lost.state()).isEqualTo(undisturbed.state());
                }
            }
            assertThat(undisturbed.duplicates()).isPositive();
            assertThat(kept.pages).hasSizeLessThan(8 + 2 * MOST / IdBucket.PAGE + 8);
        }

        @ParameterizedTest
        @ValueSource(ints = {900, 1_200})
        void it_takes_the_same_page_twice_and_an_older_one_after_a_newer(int count) {
            var seen = seen();
            var pages = new ArrayList<SeenPage>();
            for (var id = 1; id <= count; id++) {
                seen.add(id, 0);
                if (id % 400 == 0) {
                    seen.changes(collect(pages));
                }
            }
            seen.changes(collect(pages));

            var restored = seen();
            pages.forEach(restored::restore);
            pages.reversed().forEach(restored::restore);
            restored.restore(seen.state());

            assertThat(restored.state()).isEqualTo(seen.state());
            assertThat(restored.has(seen.state())).isTrue();
            var next = new ArrayList<SeenPage>();
            restored.add(9_999, 0);
            restored.changes(collect(next));
            assertThat(next).singleElement().satisfies(page -> {
                assertThat(page.getPage()).isEqualTo(count / IdBucket.PAGE);
                assertThat(page.getIds().remaining()).isEqualTo((count % IdBucket.PAGE + 1) * Long.BYTES);
            });
        }

        @Test
        void it_drops_pages_that_were_forgotten_but_are_still_there() {
            var seen = seen();
            var all = new ArrayList<SeenPage>();
            for (var i = 0; i < 100; i++) {
                seen.add(i, 1_000L * i);
                seen.changes(collect(all));
            }

            var restored = seen();
            all.forEach(restored::restore);
            restored.restore(seen.state());

            assertThat(restored.state()).isEqualTo(seen.state());
            assertThat(restored.size()).isLessThan(12);
        }

        @Test
        void it_knows_that_a_page_is_missing() {
            var seen = seen();
            var kept = new Kept();
            for (var id = 1; id <= 3_000; id++) {
                seen.add(id, 0);
            }
            seen.changes(kept);

            kept.pages.remove(kept.pages.keySet().iterator().next());

            assertThat(kept.restored(seen.state()).has(seen.state())).isFalse();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 7, 12, 1_025 * 8})
        void it_refuses_what_is_no_page(int bytes) {
            var broken = new SeenPage(0L, 0, 0L, ByteBuffer.allocate(bytes));

            assertThatThrownBy(() -> seen().restore(broken))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a page of ids of " + bytes + " bytes: expected 1 to 1024 of 8 bytes");
        }

        private static Seen.Changes collect(List<SeenPage> pages) {
            return new Seen.Changes() {
                @Override
                public void page(SeenPage page) {
                    pages.add(page);
                }

                @Override
                public void forgotten(long bucket, int page) {}
            };
        }
    }

    @Nested
    class Changes {
        @Test
        void hold_every_new_id_once_and_no_other() {
            var seen = seen();
            var ids = new ArrayList<Long>();
            for (var id = 1L; id <= 5_000; id++) {
                seen.add(id, 0);
            }
            seen.changes(read(ids));
            assertThat(ids).hasSize(5_000).doesNotHaveDuplicates();

            ids.clear();
            seen.changes(read(ids));
            assertThat(ids).isEmpty();
        }

        private static Seen.Changes read(List<Long> ids) {
            return new Seen.Changes() {
                @Override
                public void page(SeenPage page) {
                    var some = new long[page.getIds().remaining() / Long.BYTES];
                    Columns.unpack(page.getIds(), some, some.length);
                    for (long id : some) {
                        ids.add(id);
                    }
                }

                @Override
                public void forgotten(long bucket, int page) {}
            };
        }
    }
}
