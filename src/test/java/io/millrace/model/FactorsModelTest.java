package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.Trainer;
import io.millrace.schema.Chunk;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Versions whose cells have a weight and eight factors: all of them, and nothing of the optimizer, is in a version.
class FactorsModelTest {
    private static final Spec SPEC = Trips.FACTORS;
    private static final int PARAMETERS = 9;

    private static float[] parameters(Model model) {
        var all = new float[PARAMETERS << SPEC.learn().bits()];
        for (var index = 0; index < 1 << SPEC.learn().bits(); index++) {
            model.copy(index, all, index * PARAMETERS);
        }
        return all;
    }

    private static float[] parameters(Trainer trainer) {
        var cells = trainer.cells();
        var all = new float[PARAMETERS * cells.count];
        for (var number = 0; number < all.length; number++) {
            all[number] = cells.data[number * cells.each];
        }
        return all;
    }

    private static Manifest manifest(List<VersionRecord> version) {
        return (Manifest) version.getLast().getBody();
    }

    @Nested
    class Versions_in_their_order {
        private final Trainer trainer = new Trainer(SPEC.learn(), SPEC.numbers());
        private final Publisher publisher = new Publisher(SPEC, "main", 0, List.of());

        @Test
        void have_the_parameters_of_the_trainer_bit_for_bit() {
            Model model = null;
            var deltas = 0;
            for (var i = 0; i < 20; i++) {
                trainer.learn(Trips.examples(SPEC, 10 * i, 10 * i + 10));
                var version = publisher.cut(trainer, i);
                model = Model.of(model, version);

                assertThat(parameters(model)).containsExactly(parameters(trainer));
                assertThat(model.weight(5)).isEqualTo(parameters(trainer)[5 * PARAMETERS]);
                deltas += manifest(version).getParent() == null ? 0 : 1;
            }

            assertThat(deltas).isBetween(5, 18);
        }

        @Test
        void have_the_cells_in_which_any_parameter_changed() {
            trainer.learn(Trips.examples(SPEC, 0, 50));
            publisher.cut(trainer, 1);
            var cells = trainer.cells();
            cells.data[(7 * PARAMETERS + 8) * cells.each] = 3; // the last factor
            cells.data[(9 * PARAMETERS + 8) * cells.each + 1] = 3; // what the optimizer remembers of it
            cells.rewrite(0);

            var version = publisher.cut(trainer, 2);

            assertThat(manifest(version).getCells()).isEqualTo(1);
            var chunk = (Chunk) version.getFirst().getBody();
            assertThat(chunk.getIndices()).isEqualTo(ByteBuffer.wrap(new byte[] {7}));
            assertThat(chunk.getValues().remaining()).isEqualTo(PARAMETERS * Float.BYTES);
        }

        @Test
        void lose_no_cell_whose_weight_is_0() {
            trainer.learn(Trips.examples(SPEC, 0, 1));
            var cells = trainer.cells();
            Arrays.fill(cells.data, 0);
            cells.data[(7 * PARAMETERS + 8) * cells.each] = 3;
            cells.rewrite(0);

            var model = Model.of(null, publisher.cut(trainer, 1));

            assertThat(parameters(model)[7 * PARAMETERS + 8]).isEqualTo(3);
            assertThat(parameters(Model.of(null, Keyframe.of(model)))).containsExactly(parameters(model));
            var version = publisher.cut(trainer, 2);
            while (manifest(version).getParent() != null) { // up to the next that is whole
                version = publisher.cut(trainer, 2);
            }
            assertThat(parameters(Model.of(null, version))).containsExactly(parameters(model));
        }
    }

    @Nested
    class A_version_written_whole {
        private final Model model = Trips.model(SPEC, 300);

        @Test
        void is_the_same() {
            var again = Model.of(null, Keyframe.of(model));

            assertThat(parameters(again)).containsExactly(parameters(model));
            assertThat(again.manifest().getDigest()).isEqualTo(model.manifest().getDigest());
            assertThat(again.manifest().getCells()).isEqualTo(model.manifest().getCells());
        }

        @Test
        void is_the_same_as_files(@TempDir Path dir) throws Exception {
            ModelFiles.write(dir, Keyframe.of(model));

            assertThat(parameters(ModelFiles.read(dir))).containsExactly(parameters(model));
        }
    }

    @Nested
    class A_version_of_many_cells {
        @Test
        void leaves_in_chunks_under_one_mebibyte() throws Exception {
            var learn = SPEC.learn();
            var wide = new io.millrace.learn.LearnConfig(learn.loss(), learn.optimizer(), 16)
                    .withLearner(learn.learner().orElseThrow());
            var spec = SPEC.withLearn(wide);
            var trainer = Trips.trained(spec, 1);
            var cells = trainer.cells();
            for (var number = 0; number < PARAMETERS << 16; number++) {
                cells.data[number * cells.each] = 1 + number % 7;
            }
            for (var page = 0; page < cells.pages(); page++) {
                cells.rewrite(page);
            }

            var version = new Publisher(spec, "main", 0, List.of()).cut(trainer, 1);

            assertThat(version).hasSizeGreaterThan(2);
            for (var record : version) {
                assertThat(record.toByteBuffer().remaining()).isLessThan(1 << 20);
            }
            assertThat(Model.of(null, version).manifest().getCells()).isEqualTo(1 << 16);
            assertThat(Keyframe.of(Model.of(null, version))).hasSameSizeAs(version);
        }
    }

    @Nested
    class A_broken_version {
        private final List<VersionRecord> version =
                new Publisher(SPEC, "main", 0, List.of()).cut(Trips.trained(SPEC, 20), 1);
        private final Manifest manifest = manifest(version);

        private void isRefused(List<VersionRecord> broken, String message) {
            assertThatThrownBy(() -> Model.of(null, broken))
                    .isInstanceOf(VersionException.class)
                    .hasMessage(message);
        }

        private List<VersionRecord> of(int index, float... parameters) {
            var chunk = CellCodec.chunk("main", 1, 0, new int[] {index}, parameters, parameters.length, 0, 1);
            return List.of(
                    new VersionRecord(chunk),
                    new VersionRecord(Manifest.newBuilder(manifest).setCells(1).build()));
        }

        @Test
        void with_a_factor_that_is_not_finite_is_refused() {
            isRefused(
                    of(5, 1, 2, 3, 4, Float.NaN, 6, 7, 8, 9),
                    "main/1: factor 4 of cell 5 = NaN is wrong: expected a finite number");
        }

        @Test
        void with_cells_of_another_size_is_refused() {
            isRefused(of(5, 1), "main/1: chunk 0: bytes of values = 4 is wrong: expected 36");
        }

        @Test
        void with_another_factor_is_refused() {
            var records = new ArrayList<>(version);
            var chunk = (Chunk) records.getFirst().getBody();
            var indices = CellCodec.indices(
                    chunk.getCount(), chunk.getIndices(), chunk.getValues(), PARAMETERS, chunk.getCrc(), 1 << 12);
            var values = CellCodec.littleEndian(chunk.getValues());
            var parameters = new float[indices.length * PARAMETERS];
            for (var k = 0; k < parameters.length; k++) {
                parameters[k] = values.getFloat();
            }
            parameters[PARAMETERS - 1] += 1;
            records.set(
                    0,
                    new VersionRecord(
                            CellCodec.chunk("main", 1, 0, indices, parameters, PARAMETERS, 0, indices.length)));

            assertThatThrownBy(() -> Model.of(null, records)).hasMessageStartingWith("main/1: digest = ");
        }

        @Test
        void that_asks_for_too_much_memory_is_refused_by_what_its_factors_take() {
            var pages = 4L; // of 1,024 cells, nine floats each

            assertThatThrownBy(() -> new ModelBuilder(null, version, pages * 1024 * PARAMETERS * 4 - 1).build())
                    .hasMessage("main/1: memory of its pages = 147456 is wrong: expected at most 147455 bytes, half of"
                            + " this JVM's heap");
            assertThat(new ModelBuilder(null, version, pages * 1024 * PARAMETERS * 4).build())
                    .isNotNull();
        }
    }

    @Nested
    class The_difference_of_versions {
        @Test
        void counts_a_cell_once_and_every_factor() {
            var before = Trips.model(SPEC, 300);
            var trainer = Trips.trained(SPEC, 300);
            var cells = trainer.cells();
            cells.data[(2000 * PARAMETERS) * cells.each] += 3;
            cells.data[(2000 * PARAMETERS + 4) * cells.each] -= 4;
            cells.rewrite(1);
            var after = Model.of(null, new Publisher(SPEC, "main", 0, List.of()).cut(trainer, 1));

            var difference = WeightDifference.of(before, after);

            assertThat(difference.cells()).isEqualTo(1);
            assertThat(difference.distance()).isCloseTo(5, within(1e-6));
            assertThat(difference.largest()).isEqualTo(4);
            assertThat(difference.index()).isEqualTo(2000);
        }

        @Test
        void needs_as_many_factors() {
            var fewer = SPEC.withLearn(SPEC.learn()
                    .withLearner(new LearnerConfig(
                            LearnerKind.FACTORIZATION_MACHINE,
                            OptionalInt.of(3),
                            OptionalDouble.empty(),
                            OptionalInt.empty())));

            assertThatThrownBy(() -> WeightDifference.of(Trips.model(SPEC, 9), Trips.model(fewer, 9)))
                    .hasMessage("main/1 has 4 weights and factors a feature: expected 9, as main/1");
        }
    }
}
