package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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
