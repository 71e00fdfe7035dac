package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class WeightDifferenceTest {
    private static Model model(float... weights) {
        var trainer = Trips.trained(Trips.SPEC, 1);
        trainer.cells().data[0] = 0;
        java.util.Arrays.fill(trainer.cells().data, 0);
        for (var k = 0; k < weights.length; k++) {
            trainer.cells().data[1500 * k] = weights[k];
        }
        for (var page = 0; page < trainer.cells().pages(); page++) {
            trainer.cells().rewrite(page);
        }
        return Model.of(null, new Publisher(Trips.SPEC, "main", 0, List.of()).cut(trainer, 1));
    }

    @Test
    void is_counted_summed_and_located() {
        var difference = WeightDifference.of(model(3, -4), model(3, -1));

        assertThat(difference.cells()).isEqualTo(1);
        assertThat(difference.distance()).isCloseTo(3, within(1e-9));
        assertThat(difference.norm()).isCloseTo(5, within(1e-9));
        assertThat(difference.largest()).isEqualTo(3);
        assertThat(difference.index()).isEqualTo(1500);
    }

    @Test
    void is_none_between_equals() {
        assertThat(WeightDifference.of(model(1, 2), model(1, 2)))
                .isEqualTo(new WeightDifference(0, 0, Math.sqrt(5), 0, 0));
    }

    @Test
    void needs_feature_spaces_of_one_size() {
        var small =
                Model.of(null, new Publisher(Trips.SPEC, "main", 0, List.of()).cut(Trips.trained(Trips.SPEC, 9), 1));
        var bits = Trips.SPEC.learn().bits() - 1;
        var learn = new io.millrace.learn.LearnConfig(
                Trips.SPEC.learn().loss(), Trips.SPEC.learn().optimizer(), bits);
        var halved = Trips.SPEC.withLearn(learn);
        var other = Model.of(null, new Publisher(halved, "main", 0, List.of()).cut(Trips.trained(halved, 9), 1));

        assertThatThrownBy(() -> WeightDifference.of(small, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pages of weights: expected");
    }
}
