package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.learn.Scaler;
import io.millrace.learn.Trainer;
import io.millrace.schema.ScalerState;
import io.millrace.spec.Spec;
import java.util.LinkedHashMap;
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

                assertThat(Float.floatToRawIntBits(served[0]))
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
    class An_explanation {
        private static double sum(Reasons reasons) {
            return reasons.contributions().values().stream().reduce(0.0, Double::sum);
        }

        @Test
        void adds_up_to_the_margin_of_the_same_prediction() {
            for (var spec : List.of(Trips.SPEC, Trips.FACTORS, Trips.DELAYS)) {
                var model = Trips.model(spec, 30);
                var predictor = new Predictor(spec);
                for (var trip = 30; trip < 130; trip++) {
                    var row = Trips.row(spec, trip);

                    var reasons = predictor.explain(row, model);

                    assertThat(reasons.prediction()).isEqualTo(predictor.predict(row, model));
                    assertThat(sum(reasons)).isEqualTo(reasons.margin()).isNotZero();
                }
            }
        }

        /// One by one: w x, and of each pair half of its product of factors.
        @Test
        void is_what_each_feature_adds() {
            for (var spec : List.of(Trips.SPEC, Trips.FACTORS)) {
                var model = Trips.model(spec, 300);
                var row = Trips.row(spec, 350);
                var encoder = new FeatureEncoder(
                        spec.features(), spec.fields(), spec.learn().bits(), spec.timeUnit());
                var example = new Examples(spec.numbers().size());
                example.begin();
                encoder.encode(row, example);
                example.end(0, 1, 0, 0, 0);
                var scalers = model.manifest().getScalers();
                for (var k = 0; k < spec.numbers().size(); k++) {
                    example.values[k] = scaled(spec, k, example.values[k], scalers.get(k));
                }
                var n = example.rows[1];
                var parameters = spec.learn().parameters();
                var cells = new float[n * parameters];
                for (var j = 0; j < n; j++) {
                    model.copy(example.indices[j], cells, j * parameters);
                }
                var expected = new LinkedHashMap<String, Double>();
                for (var j = 0; j < n; j++) {
                    var part = (double) cells[j * parameters] * example.values[j];
                    for (var i = 0; i < n; i++) {
                        for (var f = 1; f < parameters && i != j; f++) {
                            part += (double) cells[j * parameters + f]
                                    * cells[i * parameters + f]
                                    * example.values[j]
                                    * example.values[i]
                                    / 2;
                        }
                    }
                    expected.merge(encoder.names(row).get(j), part, Double::sum);
                }

                var told = new Predictor(spec).explain(row, model).contributions();

                assertThat(told.keySet())
                        .containsExactlyElementsOf(expected.keySet())
                        .contains("constant");
                told.forEach((name, part) -> assertThat(part).as(name).isCloseTo(expected.get(name), within(1e-5)));
                assertThat(told.values()).anyMatch(part -> Math.abs(part) > 1e-3);
            }
        }

        private static float scaled(Spec spec, int k, float x, ScalerState known) {
            return Scaler.scale(
                    spec.numbers().get(k).scale(), x, known.getCount(), known.getMean(), known.getSquares());
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

            assertThat(constant[0]).isBetween(0.01f, 0.99f).isNotEqualTo(0.5f);
        }
    }
}
