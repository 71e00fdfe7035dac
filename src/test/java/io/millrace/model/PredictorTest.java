package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.learn.Trainer;
import io.millrace.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PredictorTest {
    @Nested
    class A_prediction_with_the_version_just_cut {
        /// Cuts a version, compares it with the trainer's prediction for the next trip, then lets the trainer learn
        /// that trip.
        private static void hasTheBitsOfTheTrainer(Spec spec) {
            var trainer = new Trainer(spec.learn(), spec.numbers());
            var publisher = new Publisher(spec, "main", 0, List.of());
            var predictor = new Predictor(spec);
            trainer.learn(Trips.examples(spec, 0, 1));
            Model model = null;
            for (var trip = 1; trip < 500; trip++) {
                model = Model.of(model, publisher.cut(trainer, trip));
                var next = Trips.examples(spec, trip, trip + 1);

                var served = predictor.predict(Trips.row(spec, trip), model);

                assertThat(Float.floatToRawIntBits(served))
                        .isEqualTo(Float.floatToRawIntBits(trainer.predict(next, 0)));
                trainer.learn(next);
            }
        }

        @Test
        void has_the_bits_of_the_trainers_own_if_it_is_a_probability() {
            hasTheBitsOfTheTrainer(Trips.SPEC);
        }

        @Test
        void has_the_bits_of_the_trainers_own_if_it_is_of_a_factorization_machine() {
            hasTheBitsOfTheTrainer(Trips.FACTORS);
        }

        @Test
        void has_the_bits_of_the_trainers_own_if_it_is_a_value() {
            hasTheBitsOfTheTrainer(Trips.DELAYS);
        }
    }

    @Nested
    class A_row_of_other_fields {
        @Test
        void is_predicted_alike() {
            var model = Trips.model(Trips.SPEC, 100);
            var fields = new Fields(List.of("note", "stops", "start", "distance", "destination", "origin"));
            var row = new Row(fields);
            var bytes = Trips.json(200).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            new io.millrace.event.JsonDecoder(fields).decode(bytes, 0, bytes.length, row);

            var other = Predictor.over(Trips.SPEC, fields).predict(row, model);

            assertThat(other).isEqualTo(new Predictor(Trips.SPEC).predict(Trips.row(Trips.SPEC, 200), model));
        }

        @Test
        void may_miss_them_all() {
            var model = Trips.model(Trips.SPEC, 100);

            var constant = new Predictor(Trips.SPEC).predict(new Row(Trips.SPEC.fields()), model);

            assertThat(constant).isBetween(0.01f, 0.99f).isNotEqualTo(0.5f);
        }
    }
}
