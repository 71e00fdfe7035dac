package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.learn.Trainer;
import io.millrace.schema.Chunk;
import io.millrace.schema.Manifest;
import io.millrace.schema.ScalerState;
import io.millrace.schema.VersionRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ModelTest {
    @Nested
    class Versions_in_their_order {
        @Test
        void have_the_weights_of_the_trainer_bit_for_bit() {
            var trainer = new Trainer(Trips.SPEC.learn(), Trips.SPEC.numbers());
            var publisher = new Publisher(Trips.SPEC, "main", 0, List.of());

            Model model = null;
            for (var i = 0; i < 20; i++) {
                trainer.learn(Trips.examples(Trips.SPEC, 20 * i, 20 * i + 20));
                model = Model.of(model, publisher.cut(trainer, i));

                assertThat(Trips.weights(model)).containsExactly(trainer.cells().data);
            }
        }

        @Test
        void leave_the_version_before_as_it_was() {
            var versions = Trips.versions(2);
            var first = Model.of(null, versions.get(0));
            var before = Trips.weights(first);

            var second = Model.of(first, versions.get(1));

            assertThat(Trips.weights(first)).containsExactly(before);
            assertThat(Trips.weights(second)).isNotEqualTo(before);
        }

        @Test
        void share_the_pages_that_did_not_change() {
            var trainer = Trips.trained(Trips.SPEC, 100);
            var publisher = new Publisher(Trips.SPEC, "main", 0, List.of());
            var first = Model.of(null, publisher.cut(trainer, 1));
            trainer.cells().data[2 * 1024 + 5] = 7;
            trainer.cells().rewrite(2);

            var second = Model.of(first, publisher.cut(trainer, 2));

            assertThat(second.pages()[0]).isSameAs(first.pages()[0]);
            assertThat(second.pages()[1]).isSameAs(first.pages()[1]);
            assertThat(second.pages()[2]).isNotSameAs(first.pages()[2]);
            assertThat(second.pages()[3]).isSameAs(first.pages()[3]);
            assertThat(second.weight(2 * 1024 + 5)).isEqualTo(7);
        }

        @Test
        void are_named_and_know_their_spec() {
            var versions = Trips.versions(2);

            var second = Model.of(Model.of(null, versions.get(0)), versions.get(1));

            assertThat(second.name()).isEqualTo("main/2");
            assertThat(second.spec()).isEqualTo(Trips.SPEC);
        }
    }

    /// Breaks a good version in one place.
    @Nested
    class A_broken_version {
        private final List<List<VersionRecord>> versions = Trips.versions(2);
        private final Model first = Model.of(null, versions.get(0));
        private final List<VersionRecord> delta = new ArrayList<>(versions.get(1));

        private void isRefused(Model parent, List<VersionRecord> version, String message) {
            assertThatThrownBy(() -> Model.of(parent, version))
                    .isInstanceOf(VersionException.class)
                    .hasMessage(message);
        }

        private List<VersionRecord> withManifest(List<VersionRecord> version, UnaryOperator<Manifest.Builder> change) {
            var changed = new ArrayList<>(version);
            var manifest = Manifest.newBuilder((Manifest) version.getLast().getBody());
            changed.set(
                    changed.size() - 1, new VersionRecord(change.apply(manifest).build()));
            return changed;
        }

        private List<VersionRecord> withChunk(List<VersionRecord> version, UnaryOperator<Chunk.Builder> change) {
            var changed = new ArrayList<>(version);
            var chunk = Chunk.newBuilder((Chunk) version.getFirst().getBody());
            changed.set(0, new VersionRecord(change.apply(chunk).build()));
            return changed;
        }

        private Chunk chunk(List<VersionRecord> version) {
            return (Chunk) version.getFirst().getBody();
        }

        private Manifest manifest(List<VersionRecord> version) {
            return (Manifest) version.getLast().getBody();
        }

        @Test
        void without_a_manifest_is_refused() {
            isRefused(first, List.of(), "a version of 0 records has no manifest: expected one, last");
            isRefused(first, delta.subList(0, 1), "a version of 1 records has no manifest: expected one, last");
        }

        @Test
        void without_its_parent_is_refused() {
            isRefused(null, delta, "main/2: parent = 1 is wrong: expected a keyframe before it");
        }

        @Test
        void of_another_parent_is_refused() {
            isRefused(
                    first,
                    withManifest(delta, manifest -> manifest.setParent(7L)),
                    "main/2: parent = 7 is wrong: expected 1");
        }

        @Test
        void that_leaves_a_number_out_is_refused() {
            isRefused(
                    first,
                    withManifest(delta, manifest -> manifest.setVersion(3)),
                    "main/3: version = 3 is wrong: expected 2");
        }

        @Test
        void of_another_lineage_is_refused() {
            isRefused(
                    first,
                    withManifest(delta, manifest -> manifest.setLineage("other")),
                    "other/2: lineage = other is wrong: expected main");
        }

        @Test
        void of_another_spec_is_refused() {
            isRefused(
                    first,
                    withManifest(delta, manifest -> manifest.setSpecHash(1)),
                    "main/2: specHash = 1 is wrong: expected " + Long.toHexString(Trips.SPEC.hash()));
        }

        @Test
        void that_lacks_a_chunk_is_refused() {
            isRefused(first, delta.subList(1, 2), "main/2: chunks = 1 is wrong: expected 0");
        }

        @Test
        void with_a_chunk_of_another_version_is_refused() {
            isRefused(
                    first,
                    withChunk(delta, chunk -> chunk.setVersion(1)),
                    "main/2: chunk of version = main/1 is wrong: expected main/2");
        }

        @Test
        void with_chunks_out_of_order_is_refused() {
            isRefused(first, withChunk(delta, chunk -> chunk.setChunk(1)), "main/2: chunk = 1 is wrong: expected 0");
        }

        @Test
        void with_a_manifest_for_a_chunk_is_refused() {
            delta.set(0, delta.get(1));

            isRefused(first, delta, "main/2: record 0 = a manifest is wrong: expected a chunk");
        }

        @Test
        void with_another_checksum_is_refused() {
            var crc = chunk(delta).getCrc();

            isRefused(
                    first,
                    withChunk(delta, chunk -> chunk.setCrc(crc + 1)),
                    "main/2: chunk 0: crc = " + (crc + 1) + " is wrong: expected " + crc);
        }

        @Test
        void with_another_number_of_cells_is_refused() {
            var cells = chunk(delta).getCount();

            isRefused(
                    first,
                    withManifest(delta, manifest -> manifest.setCells(cells + 1)),
                    "main/2: cells = " + (cells + 1) + " is wrong: expected " + cells);
        }

        @Test
        void with_a_count_that_its_bytes_deny_is_refused_before_memory_is_taken() {
            var broken = withManifest(
                    withChunk(versions.getFirst(), chunk -> chunk.setCount(1 << 28)),
                    manifest -> manifest.setBits(28).setCells(1 << 28));

            assertThatThrownBy(() -> Model.of(null, broken)).isInstanceOf(VersionException.class);
        }

        @Test
        void whose_pages_would_fill_the_heap_is_refused_also_where_they_come_one_by_one() {
            var page = 4096L; // bytes
            var trainer = Trips.trained(Trips.SPEC, 1);
            Arrays.fill(trainer.cells().data, 0);
            IntStream.range(0, trainer.cells().pages()).forEach(trainer.cells()::rewrite);
            trainer.cells().data[0] = 1;
            var publisher = new Publisher(Trips.SPEC, "main", 0, List.of());
            var one = new ModelBuilder(null, publisher.cut(trainer, 1), page).build();
            trainer.cells().data[1024] = 1;
            trainer.cells().rewrite(1);
            var two = publisher.cut(trainer, 2);

            assertThatThrownBy(() -> new ModelBuilder(one, two, 2 * page - 1).build())
                    .isInstanceOf(VersionException.class)
                    .hasMessage("main/2: memory of its pages = 8192 is wrong: expected at most 8191 bytes, half of this"
                            + " JVM's heap");
            assertThat(new ModelBuilder(one, two, 2 * page).build().name()).isEqualTo("main/2");
        }

        @Test
        void of_another_digest_is_refused() {
            var digest = manifest(delta).getDigest();

            isRefused(
                    first,
                    withManifest(delta, manifest -> manifest.setDigest(5)),
                    "main/2: digest = 5 is wrong: expected " + Long.toHexString(digest));
        }

        @Test
        void on_other_weights_than_its_parent_had_is_refused() {
            // The chunk itself is whole; only the digest can tell.
            var trainer = Trips.trained(Trips.SPEC, 30);
            var stranger = Model.of(null, new Publisher(Trips.SPEC, "main", 0, List.of()).cut(trainer, 1));

            assertThatThrownBy(() -> Model.of(stranger, delta)).hasMessageStartingWith("main/2: digest = ");
        }

        @Test
        void with_a_weight_that_is_not_finite_is_refused() {
            var broken = new ArrayList<VersionRecord>();
            var indices = new int[] {5};
            broken.add(new VersionRecord(
                    CellCodec.chunk("main", 2, 0, indices, new float[] {Float.POSITIVE_INFINITY}, 1, 0, 1)));
            broken.add(new VersionRecord(
                    Manifest.newBuilder(manifest(delta)).setCells(1).build()));

            isRefused(first, broken, "main/2: weight of cell 5 = Infinity is wrong: expected a finite number");
        }

        @Test
        void with_an_index_beyond_the_feature_space_is_refused() {
            var broken = new ArrayList<VersionRecord>();
            broken.add(new VersionRecord(CellCodec.chunk("main", 2, 0, new int[] {4096}, new float[] {1}, 1, 0, 1)));
            broken.add(new VersionRecord(
                    Manifest.newBuilder(manifest(delta)).setCells(1).build()));

            isRefused(first, broken, "main/2: chunk 0: index = 4096 is wrong: expected less than 4096");
        }

        @Test
        void whose_chunks_overlap_is_refused() {
            var broken = new ArrayList<VersionRecord>();
            broken.add(new VersionRecord(CellCodec.chunk("main", 2, 0, new int[] {5, 9}, new float[] {1, 1}, 1, 0, 2)));
            broken.add(new VersionRecord(CellCodec.chunk("main", 2, 1, new int[] {9}, new float[] {1}, 1, 0, 1)));
            broken.add(new VersionRecord(Manifest.newBuilder(manifest(delta))
                    .setChunks(2)
                    .setCells(3)
                    .build()));

            isRefused(first, broken, "main/2: first index of chunk 1 = 9 is wrong: expected more than 9");
        }

        @Test
        void with_impossible_bits_is_refused() {
            isRefused(
                    null,
                    withManifest(versions.getFirst(), manifest -> manifest.setBits(29)),
                    "main/1: bits = 29 is wrong: expected 1 to 28");
            isRefused(
                    null,
                    withManifest(versions.getFirst(), manifest -> manifest.setBits(11)),
                    "main/1: bits = 11 is wrong: expected 12");
        }

        @Test
        void with_other_scalers_than_its_spec_has_numbers_is_refused() {
            isRefused(
                    first,
                    withManifest(delta, manifest -> manifest.setScalers(List.of())),
                    "main/2: scalers = 0 is wrong: expected 2");
        }

        @Test
        void with_a_scaler_that_is_not_finite_is_refused() {
            isRefused(
                    first,
                    withManifest(
                            delta,
                            manifest -> manifest.setScalers(
                                    List.of(new ScalerState(5L, Double.NaN, 1.0), new ScalerState(0L, 0.0, 0.0)))),
                    "main/2: scaler.mean = NaN is wrong: expected a finite number");
        }

        @Test
        void without_its_spec_is_refused_if_it_is_a_keyframe() {
            isRefused(
                    null,
                    withManifest(versions.getFirst(), manifest -> manifest.setSpec(null)),
                    "main/1: spec = null is wrong: expected the spec as JSON, since this is a keyframe");
        }

        @Test
        void with_a_spec_that_is_none_is_refused() {
            assertThatThrownBy(() -> Model.of(
                            null, withManifest(versions.getFirst(), manifest -> manifest.setSpec("{\"model\":1}"))))
                    .isInstanceOf(VersionException.class)
                    .hasMessageStartingWith("main/1: spec can't be read: ");
        }

        @Test
        void without_any_version_is_refused() {
            isRefused(
                    null,
                    withManifest(versions.getFirst(), manifest -> manifest.setVersion(0)),
                    "main/0: version = 0 is wrong: expected 1 or more");
        }
    }
}
