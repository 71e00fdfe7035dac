package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.learn.Cells;
import io.millrace.learn.LanesConfig;
import io.millrace.learn.LanesConfig.Publish;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Versions of models side by side: of one lane, or of all.
class LanesModelTest {
    private static final int COUNT = 4_120;

    private static Spec spec(Publish publish, OptimizerKind kind) {
        var learn = Trips.SPEC.learn();
        var lanes = new LanesConfig(
                Optional.of(List.of(1e-6, 0.003, 0.001)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(publish));
        return Trips.SPEC.withLearn(
                new LearnConfig(learn.loss(), new OptimizerConfig(kind, 1, 0), learn.bits()).withLanes(lanes));
    }

    private static Manifest manifest(List<VersionRecord> version) {
        return (Manifest) version.getLast().getBody();
    }

    /// Folded one after the other as a follower does; near the switch a version every three trips, so that none is
    /// whole
    /// for its size.
    @ParameterizedTest
    @EnumSource(Publish.class)
    void predict_as_the_trainer_does_across_a_switch(Publish publish) {
        var spec = spec(publish, OptimizerKind.ADAGRAD);
        var trainer = new Trainer(spec.learn(), spec.numbers());
        var publisher = new Publisher(spec, "main", 0, List.of());
        var predictor = new Predictor(spec);
        var reader = new VersionReader();
        var lanes = new ArrayList<Integer>();
        for (var trip = 0; trip < COUNT; trip += step(trip)) {
            trainer.learn(Trips.examples(spec, trip, trip + step(trip)));
            var version = publisher.cut(trainer, trip);
            version.forEach(reader::accept);
            var model = reader.current();

            assertThat(reader.refused()).as(reader.reason()).isZero();
            assertThat(manifest(version).getLane()).isEqualTo(trainer.lane());
            assertThat(manifest(version).getDigest()).isEqualTo(trainer.versionDigest());
            lanes.add(trainer.lane());
            var some = Trips.examples(spec, trip, trip + 20);
            for (var i = 0; i < 20; i++) {
                assertThat(predictor.predict(Trips.row(spec, trip + i), model)[0])
                        .isEqualTo(trainer.predict(some, i));
            }
            for (var index = 0; index < 1 << spec.learn().bits(); index++) {
                var lane = trainer.cells().data[index * trainer.cells().stride + trainer.lane()];
                assertThat(model.weight(index)).isEqualTo(lane);
            }
            assertThat(Model.of(null, Keyframe.of(model)).manifest().getDigest())
                    .isEqualTo(model.manifest().getDigest());
        }
        assertThat(lanes.getFirst()).isZero();
        assertThat(lanes.getLast()).isPositive();
    }

    private static int step(int trip) {
        return trip < 4_000 ? 500 : 3;
    }

    @ParameterizedTest
    @EnumSource(Publish.class)
    void are_whole_where_another_lane_is_served_than_before(Publish publish) {
        var spec = spec(publish, OptimizerKind.ADAGRAD);
        var trainer = Trips.trained(spec, 4_095);
        var publisher = new Publisher(spec, "main", 0, List.of());
        publisher.cut(trainer, 1);
        var lane = trainer.lane();

        trainer.learn(Trips.examples(spec, 4_095, 4_096));
        var switched = publisher.cut(trainer, 2);
        trainer.learn(Trips.examples(spec, 4_096, 4_097));
        var next = publisher.cut(trainer, 3);

        assertThat(lane).isZero();
        assertThat(manifest(switched).getLane()).isPositive();

        assertThat(manifest(switched).getParent()).isNull();
        assertThat(manifest(next).getParent()).isEqualTo(2);
    }

    @Test
    void have_the_weights_of_all_lanes_where_the_spec_says_so() {
        var spec = spec(Publish.ALL, OptimizerKind.SGD);
        var trainer = Trips.trained(spec, 2_000);
        var all = new Publisher(spec, "main", 0, List.of()).cut(trainer, 1);
        var one = new Publisher(spec(Publish.SERVED, OptimizerKind.SGD), "main", 0, List.of())
                .cut(Trips.trained(spec(Publish.SERVED, OptimizerKind.SGD), 2_000), 1);

        assertThat(manifest(all).getDigest())
                .isEqualTo(trainer.digest())
                .isNotEqualTo(manifest(one).getDigest());
        assertThat(Model.of(null, all).published()).isEqualTo(3);
        assertThat(Model.of(null, one).published()).isEqualTo(1);
    }

    @Test
    void of_a_lane_that_is_none_are_refused() {
        var spec = spec(Publish.SERVED, OptimizerKind.SGD);
        var version = new Publisher(spec, "main", 0, List.of()).cut(Trips.trained(spec, 100), 1);
        var other = Manifest.newBuilder(manifest(version)).setLane(3).build();
        version.set(version.size() - 1, new VersionRecord(other));

        assertThatThrownBy(() -> Model.of(null, version)).hasMessage("main/1: lane = 3 is wrong: expected 0 to 2");
    }

    /// State holds every lane, so a trainer that goes on from it chooses as it would have.
    @Test
    void go_on_from_pages_of_the_changelog() {
        var spec = spec(Publish.SERVED, OptimizerKind.FTRL);
        var whole = Trips.trained(spec, 3_000);
        var stored = new Trainer(spec.learn(), spec.numbers());
        for (var page = 0; page < whole.cells().pages(); page++) {
            CellCodec.decode(CellCodec.encode(whole.cells(), page), stored.cells());
        }
        stored.restore(whole.state());

        assertThat(stored.digest()).isEqualTo(whole.digest()).isNotZero();
        assertThat(stored.versionDigest()).isEqualTo(whole.versionDigest());
        assertThat(whole.cells().changed(0, Cells.STORE)).isTrue();
    }
}
