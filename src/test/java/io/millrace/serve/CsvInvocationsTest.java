package io.millrace.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.CsvDecoder;
import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.learn.Trainer;
import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.model.Publisher;
import io.millrace.model.Trips;
import io.millrace.spec.SpecReader;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvInvocationsTest {
    private static Served served;

    @BeforeAll
    static void start() {
        served = new Served(Trips.model(Trips.SPEC, 300));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static List<Float> scores(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return StreamSupport.stream(Served.json(response).get("predictions").spliterator(), false)
                .map(prediction -> prediction.get("score").floatValue())
                .toList();
    }

    private static List<Float> csv(String body) {
        return scores(served.post("text/csv", body));
    }

    private static List<Float> json(String instances) {
        return scores(served.post("application/json", "{\"instances\":[" + instances + "]}"));
    }

    @Nested
    class Lines_without_a_header {
        @Test
        void have_their_cells_in_the_order_of_the_features() {
            assertThat(csv("A3,200.5,B1,16000000,late rain,2\nA4,7,B2,16000060,,0\n"))
                    .isEqualTo(
                            json("[\"A3\",200.5,\"B1\",16000000,\"late rain\",2],[\"A4\",7,\"B2\",16000060,null,0]"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"A3,1,B1,,,", "A3,1,B1,,,\n", "A3,1,B1,,,\r\n", "\ufeffA3,1,B1,,,\n"})
        void may_end_in_any_way(String line) {
            assertThat(csv(line)).isEqualTo(json("{\"origin\":\"A3\",\"distance\":1,\"destination\":\"B1\"}"));
        }

        @Test
        void may_hold_commas_quotes_and_line_ends_in_quotes() {
            assertThat(csv("\"A,3\",1,\"B\"\"1\",,\"late\nrain\",\nA4,1,B1,,,\n"))
                    .isEqualTo(
                            json("[\"A,3\",1,\"B\\\"1\",null,\"late\\nrain\",null],[\"A4\",1,\"B1\",null,null,null]"));
        }
    }

    @Nested
    class A_header {
        @Test
        void tells_the_order_of_the_cells() {
            assertThat(csv("stops,note,start,destination,distance,origin\n2,rain,16000000,B1,7,A3\n"))
                    .isEqualTo(json("[\"A3\",7,\"B1\",16000000,\"rain\",2]"));
        }

        @Test
        void may_name_label_and_id_which_are_passed_over() {
            assertThat(csv("number,origin,distance,destination,start,note,stops,delay\n1,A3,7,B1,16000000,rain,2,99\n"))
                    .isEqualTo(json("[\"A3\",7,\"B1\",16000000,\"rain\",2]"));
        }

        @Test
        void counts_for_its_own_request_only() {
            csv("stops,note,start,destination,distance,origin\n2,rain,16000000,B1,7,A3\n");

            assertThat(csv("A3,7,B1,16000000,rain,2\n")).isEqualTo(json("[\"A3\",7,\"B1\",16000000,\"rain\",2]"));
        }

        @Test
        void alone_asks_for_nothing() {
            assertThat(csv("origin,distance,destination,start,note,stops\n")).isEmpty();
        }

        @Test
        void must_name_every_field_of_the_features() {
            var response = served.post("text/csv", "origin,distance\nA3,7\n");

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(Served.json(response).get("detail").stringValue())
                    .isEqualTo("field destination has no column: expected one of [origin, distance]");
        }
    }

    @Nested
    class A_bad_line {
        private static void isRefused(String body, String detail) {
            var response = served.post("text/csv", body);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(Served.json(response).get("detail").stringValue()).isEqualTo(detail);
        }

        @Test
        void is_named_by_its_instance_field_and_value() {
            isRefused("A3,7,B1,,,\nA3,far,B1,,,\n", "instances[1]: distance = \"far\" is not a number");
        }

        @Test
        void with_too_few_cells_is_refused() {
            isRefused("A3,7\n", "instances[0]: event has 2 cells: expected 6");
        }

        @Test
        void that_is_empty_is_no_instance() {
            isRefused("A3,7,B1,,,\n\nA3,7,B1,,,\n", "instances[1]: event has 1 cells: expected 6");
        }

        @Test
        void with_an_open_quote_is_refused() {
            isRefused("A3,7,B1,,\"late,\n", "instances[0]: event ends within a quoted cell");
        }
    }

    @Nested
    class An_answer_in_CSV {
        @Test
        void has_one_score_a_line_and_the_version_in_a_header_S12_B5() {
            var request = served.request("/invocations")
                    .header("Content-Type", "text/csv")
                    .header("Accept", "text/csv")
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString("A3,7,B1,,,\nA4,7,B1,,,\n"));

            var response = served.send(request);

            var expected = csv("A3,7,B1,,,\nA4,7,B1,,,\n");
            assertThat(response.headers().firstValue("Content-Type")).contains("text/csv");
            assertThat(response.headers().firstValue("X-Millrace-Model")).contains("main/1");
            assertThat(response.body()).isEqualTo(expected.get(0) + "\n" + expected.get(1) + "\n");
        }
    }

    @Nested
    class Cells_of_an_Avro_schema {
        @Test
        void have_its_types() {
            var spec = SpecReader.resource("flights.yaml");
            var fields = spec.fields();
            var row = new Row(fields);
            var flight = "16306560,BOS,ORD,867,20".getBytes(UTF_8);
            new CsvDecoder(List.of("date", "origin", "destination", "distance", "delay"), fields, spec.schemaText())
                    .decode(flight, 0, flight.length, row);
            var examples = new Examples(spec.numbers().size());
            examples.begin();
            new FeatureEncoder(spec.features(), fields, spec.learn().bits(), spec.timeUnit()).encode(row, examples);
            examples.end(1, 1, 0, 0, 0);
            var trainer = new Trainer(spec.learn(), spec.numbers());
            trainer.learn(examples);
            try (var flights = new Served(Model.of(null, new Publisher(spec, "main", 0, List.of()).cut(trainer, 1)))) {
                var csv = flights.post("text/csv", "date,distance,origin,destination\n16306560,867,BOS,ORD\n");
                var json = flights.post(
                        "application/json",
                        "{\"instances\":[{\"date\":16306560,\"origin\":\"BOS\",\"destination\":\"ORD\",\"distance\":867}]}");

                assertThat(csv.body())
                        .isEqualTo(json.body())
                        .contains("{\"score\":" + new Predictor(spec).predict(row, flights.model.get())[0] + ",");
            }
        }
    }
}
