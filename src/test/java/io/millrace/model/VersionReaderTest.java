package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Wire;
import io.millrace.schema.Chunk;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nine versions; 1, 5 and 9 are keyframes.
class VersionReaderTest {
    private final List<List<VersionRecord>> versions = Trips.versions(9);
    private final VersionReader reader = new VersionReader();

    private List<String> accept(List<List<VersionRecord>> some) {
        var names = new ArrayList<String>();
        some.stream()
                .flatMap(List::stream)
                .map(reader::accept)
                .filter(Objects::nonNull)
                .forEach(model -> names.add(model.name()));
        return names;
    }

    /// The same version with a digest that is not its own.
    private List<VersionRecord> broken(int number) {
        var version = new ArrayList<>(versions.get(number - 1));
        var manifest = (Manifest) version.removeLast().getBody();
        version.add(new VersionRecord(Manifest.newBuilder(manifest)
                .setDigest(manifest.getDigest() + 1)
                .build()));
        return version;
    }

    @Nested
    class A_whole_log {
        @Test
        void gives_each_version_at_its_manifest() {
            var names = accept(versions);

            assertThat(names)
                    .containsExactly(
                            "main/1", "main/2", "main/3", "main/4", "main/5", "main/6", "main/7", "main/8", "main/9");
            assertThat(reader.current()).isNotNull();
            assertThat(reader.refused()).isZero();
        }
    }

    @Nested
    class A_log_that_begins_with_deltas {
        @Test
        void gives_nothing_before_its_first_keyframe_and_refuses_nothing() {
            var names = accept(versions.subList(2, 6));

            assertThat(names).containsExactly("main/5", "main/6");
            assertThat(reader.refused()).isZero();
        }

        @Test
        void may_begin_within_a_version() {
            reader.accept(versions.get(0).getLast());
            var names = accept(versions.subList(1, 5));

            assertThat(names).containsExactly("main/5");
        }
    }

    @Nested
    class A_broken_delta {
        @Test
        void is_refused_once_and_the_last_good_version_stays_until_the_next_keyframe() {
            versions.set(1, broken(2));

            var before = accept(versions.subList(0, 4));
            var current = reader.current();
            var after = accept(versions.subList(4, 9));

            assertThat(before).containsExactly("main/1");
            assertThat(current.name()).isEqualTo("main/1");
            assertThat(after).containsExactly("main/5", "main/6", "main/7", "main/8", "main/9");
            assertThat(reader.refused()).isEqualTo(1);
            assertThat(reader.reason()).startsWith("main/2: digest = ");
        }
    }

    @Nested
    class A_broken_keyframe {
        @Test
        void leaves_the_last_good_version_until_the_next_one() {
            versions.set(4, broken(5));

            var names = accept(versions);

            assertThat(names).containsExactly("main/1", "main/2", "main/3", "main/4", "main/9");
            assertThat(reader.refused()).isEqualTo(1);
        }
    }

    @Nested
    class A_damaged_version {
        /// As a follower does it: bytes that are no record are counted here.
        private void accept(byte[] bytes) {
            try {
                reader.accept(Wire.decode(VersionRecord.getDecoder(), bytes));
            } catch (IllegalArgumentException broken) {
                reader.refuse(broken.getMessage());
            }
        }

        @ParameterizedTest
        @EnumSource(Damage.class)
        void is_refused_where_it_is_a_delta(Damage damage) {
            VersionReaderTest.this.accept(versions.subList(0, 1));

            damage.of(versions.get(1)).forEach(this::accept);

            assertThat(reader.current().name()).isEqualTo("main/1");
            assertThat(reader.refused()).isEqualTo(damage.refusals);
            assertThat(VersionReaderTest.this.accept(versions.subList(2, 5))).containsExactly("main/5");
        }

        @ParameterizedTest
        @EnumSource(Damage.class)
        void is_refused_where_it_is_a_keyframe(Damage damage) {
            VersionReaderTest.this.accept(versions.subList(0, 4));

            damage.of(versions.get(4)).forEach(this::accept);

            assertThat(reader.current().name()).isEqualTo("main/4");
            assertThat(reader.refused()).isEqualTo(damage.refusals);
            assertThat(VersionReaderTest.this.accept(versions.subList(5, 9))).containsExactly("main/9");
        }
    }

    @Nested
    class A_version_that_the_lineage_has_passed {
        @Test
        void is_refused_and_hurts_none_after_it() {
            accept(versions.subList(0, 6));

            var old = accept(versions.subList(4, 6));
            var reason = reader.reason();
            var names = accept(versions.subList(6, 9));

            assertThat(old).isEmpty();
            assertThat(reader.refused()).isEqualTo(2);
            assertThat(reason).isEqualTo("main/6: version = 6 is wrong: expected more than 6, which is current");
            assertThat(names).containsExactly("main/7", "main/8", "main/9");
        }

        @Test
        void is_not_meant_where_another_lineage_begins() {
            accept(versions.subList(0, 6));

            var names = new ArrayList<String>();
            for (var record : new Publisher(Trips.SPEC, "other", 0, List.of()).cut(Trips.trained(Trips.SPEC, 9), 1)) {
                var model = reader.accept(record);
                if (model != null) {
                    names.add(model.name());
                }
            }

            assertThat(names).containsExactly("other/1");
        }
    }

    @Nested
    class Chunks_without_end {
        @Test
        void are_dropped_before_they_fill_the_heap_even_if_they_hold_nothing() {
            var small = new VersionReader(100_000);
            var empty = ByteBuffer.allocate(0);

            for (var i = 1; i <= 1000; i++) {
                small.accept(new VersionRecord(new Chunk("main", 1L, i, 0, empty, empty, 0)));
            }

            assertThat(small.refused()).isEqualTo(2); // 378 of them, twice
            assertThat(small.reason())
                    .isEqualTo("main/1: bytes of its chunks = 100056 are too many: expected at most 100000, a quarter"
                            + " of this JVM's heap");
        }
    }

    @Nested
    class Chunks_without_a_manifest {
        @Test
        void do_not_hurt_the_version_after_them() {
            reader.accept(versions.get(3).getFirst());

            var names = accept(versions.subList(0, 2));

            assertThat(names).containsExactly("main/1", "main/2");
            assertThat(reader.refused()).isZero();
        }
    }

    @Nested
    class A_record_that_is_none {
        @Test
        void is_counted_and_passed_over() {
            accept(versions.subList(0, 1));
            reader.refuse("not a version record");

            var names = accept(versions.subList(1, 2));

            assertThat(names).containsExactly("main/2");
            assertThat(reader.refused()).isEqualTo(1);
            assertThat(reader.reason()).isEqualTo("not a version record");
        }
    }
}
