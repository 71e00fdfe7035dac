package io.millrace.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.learn.Trainer;
import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.model.Publisher;
import io.millrace.model.Trips;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Answers of models whose labels are classes by name.
class ClassInvocationsTest {
    private static final Spec ORIGINS = SpecReader.resource("specs/origins.yaml");

    private static final String ONE = "{\"destination\":\"B3\",\"delay\":12}";
    private static final String OTHER = "{\"destination\":\"B5\",\"delay\":-4}";

    private static Row row(Spec spec, String instance) {
        var fields = spec.fields();
        var row = new Row(fields);
        var bytes = instance.getBytes(UTF_8);
        spec.reading(fields).decoder().decode(bytes, 0, bytes.length, row);
        return row;
    }

    @Nested
    class Several_classes {
        /// Contract S12: a multiclass score is an array.
        @Test
        void have_an_array_of_probabilities_and_the_name_of_the_likeliest() {
            var model = Trips.model(ORIGINS, 500);
            try (var served = new Served(model)) {
                var answer =
                        Served.json(served.post("application/json", "{\"instances\":[" + ONE + "," + OTHER + "]}"));

                for (var i = 0; i < 2; i++) {
                    var expected = new Predictor(ORIGINS).predict(row(ORIGINS, i == 0 ? ONE : OTHER), model);
                    var prediction = answer.get("predictions").get(i);
                    assertThat(prediction.get("score").size()).isEqualTo(7);
                    var best = 0;
                    for (var k = 0; k < 7; k++) {
                        assertThat(prediction.get("score").get(k).floatValue()).isEqualTo(expected[k]);
                        best = expected[k] > expected[best] ? k : best;
                    }
                    assertThat(prediction.get("predicted_label").stringValue()).isEqualTo("A" + best);
                }
            }
        }

        @Test
        void stand_in_one_line_of_csv() {
            var model = Trips.model(ORIGINS, 500);
            try (var served = new Served(model)) {
                var response = served.send(served.request("/invocations")
                        .header("Content-Type", "application/json")
                        .header("Accept", "text/csv")
                        .POST(BodyPublishers.ofString("{\"instances\":[" + ONE + "," + OTHER + "]}")));

                var lines = response.body().lines().toList();
                assertThat(lines).hasSize(2);
                var expected = new Predictor(ORIGINS).predict(row(ORIGINS, OTHER), model);
                var cells = lines.get(1).split(",");
                assertThat(cells).hasSize(7);
                for (var k = 0; k < 7; k++) {
                    assertThat(Float.parseFloat(cells[k])).isEqualTo(expected[k]);
                }
            }
        }

        @Test
        void are_explained_by_the_margin_of_the_likeliest() {
            var model = Trips.model(ORIGINS, 500);
            try (var served = new Served(model)) {
                var response = served.send(served.request("/invocations?explain=true")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"instances\":[" + ONE + "]}")));

                var prediction = Served.json(response).get("predictions").get(0);
                var sum = 0.0;
                for (var part : prediction.get("contributions").values()) {
                    sum += part.doubleValue();
                }
                assertThat(sum).isCloseTo(prediction.get("margin").doubleValue(), within(1e-6));
            }
        }

        @Test
        void that_are_numbers_are_said_as_numbers() {
            var stops = SpecReader.resource("specs/stops.yaml");
            try (var served = new Served(Trips.model(stops, 300))) {
                var answer = Served.json(served.post("application/json", "{\"instances\":[" + ONE + "]}"));

                assertThat(answer.at("/predictions/0/predicted_label").isIntegralNumber())
                        .isTrue();
            }
        }
    }

    @Nested
    class Two_classes_by_name {
        @Test
        void have_one_probability_that_of_the_second() {
            var either = SpecReader.resource("specs/either.yaml");
            var trainer = new Trainer(either.learn(), either.numbers());
            var example = new Examples(either.numbers().size());
            example.begin();
            new FeatureEncoder(
                            either.features(), either.fields(), either.learn().bits(), either.timeUnit())
                    .encode(row(either, ONE), example);
            example.end(1, 1, 0, 0, 0);
            trainer.learn(example);
            var model = Model.of(null, new Publisher(either, "main", 0, List.of()).cut(trainer, 1));
            try (var served = new Served(model)) {
                var answer = Served.json(served.post("application/json", "{\"instances\":[" + ONE + "]}"));

                assertThat(answer.at("/predictions/0/score").floatValue()).isGreaterThan(0.5f);
                assertThat(answer.at("/predictions/0/predicted_label").stringValue())
                        .isEqualTo("wet");
            }
        }
    }
}
