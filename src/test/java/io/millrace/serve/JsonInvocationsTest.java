package io.millrace.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.model.Publisher;
import io.millrace.model.Trips;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonInvocationsTest {
    private static final Model MODEL = Trips.model(Trips.SPEC, 300);
    private static Served served;

    @BeforeAll
    static void start() {
        served = new Served(MODEL);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static HttpResponse<String> post(String instances) {
        return served.post("application/json", "{\"instances\":[" + instances + "]}");
    }

    private static float score(String instance) {
        return Served.json(post(instance)).at("/predictions/0/score").floatValue();
    }

    @Nested
    class Instances_of_named_fields {
        @Test
        void are_predicted_in_their_order_with_the_bits_of_the_trainer() {
            var trips = IntStream.range(1_000, 1_200).mapToObj(Trips::json).collect(Collectors.joining(","));

            var response = post(trips);

            var predictor = new Predictor(Trips.SPEC);
            var expected = IntStream.range(1_000, 1_200)
                    .mapToObj(trip -> predictor.predict(Trips.row(Trips.SPEC, trip), MODEL)[0])
                    .toList();
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(StreamSupport.stream(
                                    Served.json(response).get("predictions").spliterator(), false)
                            .map(prediction -> prediction.get("score").floatValue()))
                    .containsExactlyElementsOf(expected);
        }

        @Test
        void get_an_answer_in_the_form_of_the_contract_S12() {
            var response = post("{\"origin\":\"A3\"}");

            var score = score("{\"origin\":\"A3\"}");
            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(response.body())
                    .isEqualTo("{\"predictions\":[{\"score\":" + score + ",\"predicted_label\":"
                            + (score >= 0.5 ? 1 : 0) + "}],\"model\":\"main/1\"}");
        }

        @Test
        void get_the_label_that_is_more_probable() {
            var trips = IntStream.range(0, 300).mapToObj(Trips::json).collect(Collectors.joining(","));

            var predictions = Served.json(post(trips)).get("predictions");

            assertThat(predictions)
                    .allSatisfy(prediction -> assertThat(
                                    prediction.get("predicted_label").intValue())
                            .isEqualTo(prediction.get("score").floatValue() >= 0.5 ? 1 : 0));
            assertThat(predictions)
                    .anyMatch(prediction -> prediction.get("predicted_label").intValue() == 1)
                    .anyMatch(prediction -> prediction.get("predicted_label").intValue() == 0);
        }

        @Test
        void get_label_1_where_both_are_as_probable() {
            var trainer = Trips.trained(Trips.SPEC, 1);
            Arrays.fill(trainer.cells().data, 0);
            trainer.cells().rewrite(0);
            trainer.cells().rewrite(1);
            trainer.cells().rewrite(2);
            trainer.cells().rewrite(3);
            var even = Model.of(null, new Publisher(Trips.SPEC, "main", 0, List.of()).cut(trainer, 1));
            try (var own = new Served(even)) {
                assertThat(own.post("application/json", "{\"instances\":[{}]}").body())
                        .isEqualTo("{\"predictions\":[{\"score\":0.5,\"predicted_label\":1}],\"model\":\"main/1\"}");
            }
        }

        @Test
        void get_no_label_where_the_model_predicts_a_value() {
            try (var delays = new Served(Trips.model(Trips.DELAYS, 100))) {
                var response = delays.post("application/json", "{\"instances\":[" + Trips.json(7) + "]}");

                var expected =
                        new Predictor(Trips.DELAYS).predict(Trips.row(Trips.DELAYS, 7), Trips.model(Trips.DELAYS, 100));
                assertThat(response.body())
                        .isEqualTo("{\"predictions\":[{\"score\":" + expected[0] + "}],\"model\":\"main/1\"}");
            }
        }

        @Test
        void may_miss_fields_or_have_them_null() {
            assertThat(score("{}"))
                    .isEqualTo(score("{\"origin\":null,\"distance\":null,\"note\":null}"))
                    .isNotEqualTo(score("{\"origin\":\"A3\"}"));
        }

        @Test
        void may_be_whole_events_with_label_and_id() {
            assertThat(score("{\"origin\":\"A3\",\"delay\":99,\"number\":[1,{\"a\":2}]}"))
                    .isEqualTo(score("{\"origin\":\"A3\"}"));
        }

        @Test
        void may_be_none() {
            assertThat(post("").body()).isEqualTo("{\"predictions\":[],\"model\":\"main/1\"}");
        }

        @Test
        void may_have_text_beyond_ASCII() {
            assertThat(score("{\"origin\":\"M\u00fcnchen \ud83d\ude82\"}"))
                    .isEqualTo(score("{\"origin\":\"M\\u00fcnchen \\ud83d\\ude82\"}"));
        }
    }

    @Nested
    class Instances_by_position {
        @Test
        void have_their_values_in_the_order_of_the_features() {
            assertThat(score("[\"A3\", 200.5, \"B1\", 16000000, \"late rain\", 2]"))
                    .isEqualTo(
                            score(
                                    "{\"stops\":2,\"note\":\"late rain\",\"start\":16000000,\"destination\":\"B1\",\"distance\":200.5,\"origin\":\"A3\"}"));
        }

        @Test
        void may_stand_beside_named_ones() {
            var response = post("[\"A3\",null,null,null,null,null],{\"origin\":\"A3\"}");

            var predictions = Served.json(response).get("predictions");
            assertThat(predictions.get(0)).isEqualTo(predictions.get(1));
        }
    }

    /// What a client reads is the whole message: instance, field, value, what was expected.
    @Nested
    class A_bad_instance {
        private static final String FIELDS = "origin, distance, destination, start, note, stops";

        private static void isRefused(HttpResponse<String> response, String title, String detail) {
            var problem = Served.json(response);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(response.headers().firstValue("X-Millrace-Model")).contains("main/1");
            assertThat(problem.get("status").intValue()).isEqualTo(400);
            assertThat(problem.get("title").stringValue()).isEqualTo(title);
            assertThat(problem.get("detail").stringValue()).isEqualTo(detail);
            assertThat(problem.get("model").stringValue()).isEqualTo("main/1");
        }

        @Test
        void with_a_typo_is_told_the_names() {
            isRefused(
                    post("{},{\"dep_delay\":4}"),
                    "Bad instance",
                    "instances[1]: \"dep_delay\" is no field of trips: expected one of " + FIELDS);
        }

        @Test
        void with_text_for_a_number_is_told_the_value() {
            isRefused(
                    post("{},{},{\"distance\":\"far\"}"),
                    "Bad instance",
                    "instances[2]: distance = \"far\" is not a number");
        }

        @Test
        void beyond_the_bounds_is_told_them() {
            isRefused(
                    post("{\"distance\":1e30}"),
                    "Bad instance",
                    "instances[0]: distance = 1.0E30 is out of range: expected -1e15 to 1e15");
        }

        @Test
        void with_a_nested_value_is_refused() {
            isRefused(
                    post("{\"origin\":{\"code\":\"A3\"}}"),
                    "Bad instance",
                    "instances[0]: origin is nested: expected a number, text, a boolean or null");
        }

        @Test
        void with_too_few_values_is_told_their_names() {
            isRefused(post("[\"A3\",1]"), "Bad instance", "instances[0]: has 2 values: expected 6: " + FIELDS);
        }

        @Test
        void with_too_many_values_is_told_their_names() {
            isRefused(
                    post("[1,2,3,4,5,6,7]"),
                    "Bad instance",
                    "instances[0]: has more than 6 values: expected " + FIELDS);
        }

        @Test
        void that_is_no_object_is_refused() {
            isRefused(post("{},7"), "Bad instance", "instances[1]: is neither an object nor an array");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                [1]                      | body is no JSON object: expected {"instances": [...]}
                "text"                   | body is no JSON object: expected {"instances": [...]}
                {}                       | body has no member: expected {"instances": [...]}
                {"instance": []}         | "instance" is unknown in the body: expected {"instances": [...]}
                {"instances": [], "a":1} | "a" is unknown in the body: expected {"instances": [...]}
                {"instances": {}}        | instances is no array: expected {"instances": [...]}
                {"instances": []} 7      | body goes on after its JSON object: expected {"instances": [...]}
                """)
        void comes_from_a_body_without_instances(String body, String detail) {
            isRefused(served.post("application/json", body), "Bad body", detail);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "not JSON",
                    "{\"instances\": [{\"origin\": \"A3}]}",
                    "{\"instances\": [",
                    "{\"instances\": [{\"distance\": NaN}]}",
                    "{\"instances\": [{\"distance\": 01}]}"
                })
        void is_415_for_a_body_that_is_no_JSON_S8(String body) {
            var response = served.post("application/json", body);

            assertThat(response.statusCode()).isEqualTo(415);
            assertThat(Served.json(response).get("title").stringValue()).isEqualTo("Not JSON");
            assertThat(Served.json(response).get("detail").stringValue())
                    .startsWith("body is no JSON")
                    .contains(": expected ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"[1]", "{}", "{\"instances\": 1}", "{\"instances\": [], \"inputs\": []}"})
        void is_400_for_JSON_that_is_not_what_was_expected_ML3(String body) {
            assertThat(served.post("application/json", body).statusCode()).isEqualTo(400);
        }

        @Test
        void nested_deeply_is_400_before_all_of_it_is_read() {
            var response = served.post("application/json", "{\"instances\":" + "[".repeat(50_000));

            assertThat(response.statusCode()).isEqualTo(400);
        }
    }
}
