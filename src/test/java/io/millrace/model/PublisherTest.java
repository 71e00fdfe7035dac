package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import io.millrace.learn.Cells;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.Trainer;
import io.millrace.schema.Chunk;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.PublishConfig;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PublisherTest {
    private static Spec spec(int bits, int keyframe, int keep) {
        var spec = Trips.SPEC;
        return new Spec(
                spec.model(),
                spec.events(),
                spec.split(),
                spec.label(),
                spec.features(),
                new LearnConfig(spec.learn().loss(), spec.learn().optimizer(), bits),
                new PublishConfig(Duration.ofMillis(500), keyframe, keep),
                spec.gate(),
                spec.schemaText());
    }

    /// Has learned one trip; its weights are then set by hand.
    private static Trainer trainer(Spec spec) {
        var trainer = Trips.trained(spec, 1);
        for (var index = 0; index < trainer.cells().data.length; index++) {
            set(trainer, index, 0);
        }
        return trainer;
    }

    private static void set(Trainer trainer, int index, float weight) {
        trainer.cells().data[index * trainer.cells().stride] = weight;
        trainer.cells().rewrite(index / Cells.PAGE);
    }

    /// The pages that the trainer has marked are all that a delta reads, and the keyframe after it is whole.
    @Nested
    class Changes_of_a_page_that_nobody_marked {
        @Test
        void are_not_looked_for_and_no_weight_is_lost() {
            var spec = spec(12, 3, 100);
            var trainer = trainer(spec);
            set(trainer, 5, 1);
            set(trainer, 2048, 1);
            var publisher = new Publisher(spec, "main", 0, List.of());
            publisher.cut(trainer, 1);
            trainer.cells().data[5] = 2; // unmarked
            set(trainer, 1024, 3);

            var delta = indices(publisher.cut(trainer, 2), 12);
            set(trainer, 5, 2);
            var next = indices(publisher.cut(trainer, 3), 12);
            var keyframe = publisher.cut(trainer, 4);

            assertThat(delta).containsExactly(1024);
            assertThat(next).containsExactly(5);
            assertThat(manifest(keyframe).getParent()).isNull();
            assertThat(indices(keyframe, 12)).containsExactly(5, 1024, 2048);
        }

        @Test
        void are_found_by_a_publisher_that_begins_with_what_another_has_seen() {
            var spec = spec(12, 100, 100);
            var trainer = trainer(spec);
            set(trainer, 5, 1);
            new Publisher(spec, "main", 0, List.of()).cut(trainer, 1);

            var version = new Publisher(spec, "main", 1, List.of()).cut(trainer, 1);

            assertThat(indices(version, 12)).containsExactly(5);
        }

        @Test
        void stay_to_be_cut_where_a_version_was_withheld() {
            var spec = spec(12, 100, 100);
            var trainer = trainer(spec);
            set(trainer, 5, 1);
            var publisher = new Publisher(spec, "main", 0, List.of());
            publisher.cut(trainer, 1);
            set(trainer, 7, 2);
            set(trainer, 2048, Float.NaN);
            assertThat(publisher.cut(trainer, 2)).isEmpty();

            trainer.cells().data[2048] = 4;
            var version = publisher.cut(trainer, 3);

            assertThat(indices(version, 12)).containsExactly(7, 2048);
        }
    }

    private static Manifest manifest(List<VersionRecord> version) {
        return (Manifest) version.getLast().getBody();
    }

    private static List<Integer> indices(List<VersionRecord> version, int bits) {
        var all = new ArrayList<Integer>();
        for (var record : version.subList(0, version.size() - 1)) {
            var chunk = (Chunk) record.getBody();
            for (var index : CellCodec.indices(
                    chunk.getCount(), chunk.getIndices(), chunk.getValues(), 1, chunk.getCrc(), 1 << bits)) {
                all.add(index);
            }
        }
        return all;
    }

    private static List<Boolean> keyframes(List<List<VersionRecord>> versions) {
        return versions.stream()
                .map(version -> manifest(version).getParent() == null)
                .toList();
    }

    @Nested
    class The_first_version {
        @Test
        void is_a_keyframe_with_every_weight_that_is_not_zero() {
            var spec = spec(12, 100, 3);
            var trainer = trainer(spec);
            set(trainer, 0, 1);
            set(trainer, 4095, -2);

            var version = new Publisher(spec, "main", 0, List.of()).cut(trainer, 7);

            assertThat(manifest(version).getParent()).isNull();
            assertThat(indices(version, 12)).containsExactly(0, 4095);
        }

        @Test
        void says_what_it_is() {
            var trainer = Trips.trained(Trips.SPEC, 50);

            var manifest = manifest(new Publisher(Trips.SPEC, "main", 0, List.of()).cut(trainer, 7));

            assertThat(manifest.getLineage()).isEqualTo("main");
            assertThat(manifest.getVersion()).isEqualTo(1);
            assertThat(manifest.getChunks()).isEqualTo(1);
            assertThat(manifest.getSpecHash()).isEqualTo(Trips.SPEC.hash());
            assertThat(manifest.getSpec()).isEqualTo(Trips.SPEC.toJson());
            assertThat(manifest.getBits()).isEqualTo(12);
            assertThat(manifest.getLogOffset()).isEqualTo(7);
            assertThat(manifest.getExamples()).isEqualTo(50);
            assertThat(manifest.getEventTime()).isEqualTo((16_000_000L + 7 * 49) * 60_000);
            assertThat(manifest.getScalers()).isEqualTo(trainer.scalers());
            assertThat(manifest.getMetrics())
                    .isEqualTo(trainer.progress().metrics())
                    .containsKey("log-loss");
            assertThat(manifest.getDigest()).isEqualTo(trainer.digest());
            assertThat(manifest.getKernel()).isEqualTo("scalar");
            assertThat(manifest.getSoftware()).startsWith("millrace ");
        }

        @Test
        void has_the_number_after_the_last_that_left() {
            var publisher = new Publisher(Trips.SPEC, "main", 41, List.of());

            var manifest = manifest(publisher.cut(Trips.trained(Trips.SPEC, 1), 1));

            assertThat(manifest.getVersion()).isEqualTo(42);
            assertThat(publisher.lastVersion()).isEqualTo(42);
        }

        @Test
        void is_not_cut_before_an_example_is_learned() {
            var publisher = new Publisher(Trips.SPEC, "main", 0, List.of());

            var version = publisher.cut(Trips.trained(Trips.SPEC, 0), 1);

            assertThat(version).isEmpty();
            assertThat(publisher.lastVersion()).isZero();
        }
    }

    @Nested
    class A_delta {
        private final Spec spec = spec(12, 100, 3);
        private final Trainer trainer = trainer(spec);
        private final Publisher publisher = new Publisher(spec, "main", 0, List.of());

        A_delta() {
            for (var index = 0; index < 1000; index++) {
                set(trainer, index, 1 + index);
            }
            publisher.cut(trainer, 1);
        }

        @Test
        void has_the_weights_that_changed_and_no_other() {
            set(trainer, 3, 8);
            set(trainer, 4000, 9);

            var version = publisher.cut(trainer, 2);

            assertThat(manifest(version).getParent()).isEqualTo(1);
            assertThat(manifest(version).getSpec()).isNull();
            assertThat(indices(version, 12)).containsExactly(3, 4000);
        }

        @Test
        void has_a_weight_that_became_zero() {
            set(trainer, 3, 0);

            var version = publisher.cut(trainer, 2);

            assertThat(indices(version, 12)).containsExactly(3);
        }

        @Test
        void has_no_chunk_where_nothing_changed() {
            var version = publisher.cut(trainer, 2);

            assertThat(version).hasSize(1);
            assertThat(manifest(version).getChunks()).isZero();
        }

        @Test
        void does_not_leave_while_a_weight_is_not_finite_and_then_has_all_of_them() {
            set(trainer, 3, 8);
            set(trainer, 4, Float.NaN);
            var refused = publisher.cut(trainer, 2);
            set(trainer, 4, 9);

            var version = publisher.cut(trainer, 3);

            assertThat(refused).isEmpty();
            assertThat(manifest(version).getVersion()).isEqualTo(2);
            assertThat(indices(version, 12)).containsExactly(3, 4);
        }
    }

    @Nested
    class A_later_keyframe {
        @Test
        void comes_after_as_many_versions_as_the_spec_says() {
            var spec = spec(12, 4, 3);
            var trainer = trainer(spec);
            var publisher = new Publisher(spec, "main", 7, List.of());
            set(trainer, 5, 1);

            var versions = new ArrayList<List<VersionRecord>>();
            for (var i = 0; i < 9; i++) {
                versions.add(publisher.cut(trainer, i));
            }

            assertThat(keyframes(versions)).containsExactly(true, false, false, false, true, false, false, false, true);
        }

        @Test
        void comes_when_the_deltas_have_more_bytes_than_the_last_one() {
            var spec = spec(12, 100, 3);
            var trainer = trainer(spec);
            var publisher = new Publisher(spec, "main", 0, List.of());
            set(trainer, 1, 1);
            set(trainer, 2, 1);

            var versions = new ArrayList<List<VersionRecord>>();
            for (var i = 0; i < 8; i++) {
                set(trainer, 1, 2 + i); // a delta has half the bytes of a keyframe
                versions.add(publisher.cut(trainer, i));
            }

            assertThat(keyframes(versions)).containsExactly(true, false, false, false, true, false, false, false);
        }

        @Test
        void leaves_out_what_is_zero_again() {
            var spec = spec(12, 1, 3);
            var trainer = trainer(spec);
            var publisher = new Publisher(spec, "main", 0, List.of());
            set(trainer, 1, 1);
            set(trainer, 2, 1);
            publisher.cut(trainer, 1);
            set(trainer, 1, 0);

            var version = publisher.cut(trainer, 2);

            assertThat(manifest(version).getParent()).isNull();
            assertThat(indices(version, 12)).containsExactly(2);
        }
    }

    @Nested
    class A_version_of_many_cells {
        @Test
        void leaves_in_chunks_under_one_mebibyte_that_make_it_whole() throws Exception {
            var spec = spec(20, 100, 3);
            var trainer = trainer(spec);
            var random = Seed.random();
            for (var index = 0; index < 1 << 20; index += 1 + random.nextInt(5)) {
                set(trainer, index, 1 + random.nextFloat());
            }

            var version = new Publisher(spec, "main", 0, List.of()).cut(trainer, 1);

            assertThat(version).hasSizeGreaterThan(3);
            for (var record : version) {
                assertThat(record.toByteBuffer().remaining()).isLessThan(1 << 20);
            }
            assertThat(Trips.weights(Model.of(null, version))).isEqualTo(trainer.cells().data);
        }
    }

    @Nested
    class The_oldest_version_needed {
        private long afterVersion(int count, long lastBefore, int keyframe, int keep) {
            var spec = spec(12, keyframe, keep);
            var trainer = trainer(spec);
            var publisher = new Publisher(spec, "main", lastBefore, List.of());
            for (var i = 0; i < count; i++) {
                publisher.cut(trainer, i);
            }
            return publisher.oldestNeeded();
        }

        @Test
        void is_the_keyframe_under_the_last_that_are_kept() {
            // Keyframes are 1, 5, 9; the last three of ten versions are 8, 9 and 10: 8 needs 5.
            assertThat(afterVersion(10, 0, 4, 3)).isEqualTo(5);
            assertThat(afterVersion(11, 0, 4, 3)).isEqualTo(9);
            assertThat(afterVersion(12, 0, 4, 3)).isEqualTo(9);
        }

        @Test
        void is_the_first_while_all_are_kept() {
            assertThat(afterVersion(3, 0, 4, 3)).isEqualTo(1);
        }

        @Test
        void is_not_known_while_versions_from_before_the_start_are_kept() {
            assertThat(afterVersion(2, 41, 4, 3)).isZero();
            assertThat(afterVersion(3, 41, 4, 3)).isEqualTo(42);
        }

        @Test
        void is_not_known_before_a_version() {
            assertThat(new Publisher(Trips.SPEC, "main", 0, List.of()).oldestNeeded())
                    .isZero();
        }
    }
}
