package io.millrace.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.model.ManifestJson;
import io.millrace.model.Model;
import io.millrace.model.Trips;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RoutesTest {
    private static final Model MODEL = Trips.model(Trips.SPEC, 50);
    private static Served served;

    @BeforeAll
    static void start() {
        served = new Served(MODEL);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @BeforeEach
    void serve() {
        served.model.set(MODEL);
    }

    @Nested
    class Ping_S4 {
        @Test
        void is_200_with_an_empty_body_once_there_is_a_model() {
            var response = served.get("/ping");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEmpty();
        }

        @Test
        void is_503_before() {
            served.model.set(null);

            var response = served.get("/ping");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(response.body())
                    .isEqualTo("{\"status\":503,\"title\":\"No model yet\",\"detail\":"
                            + "\"no version of the model has come yet: expected after its first example is learned\"}");
        }
    }

    @Nested
    class Invocations_S5 {
        @Test
        void are_503_before_the_first_model() {
            served.model.set(null);

            var response = served.post("application/json", "{\"instances\":[]}");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).contains("1");
        }

        @Test
        void with_an_empty_body_are_204_S8() {
            var response = served.post("application/json", "");

            assertThat(response.statusCode()).isEqualTo(204);
            assertThat(response.body()).isEmpty();
            assertThat(response.headers().firstValue("X-Millrace-Model")).contains("main/1");
        }

        @Test
        void ignore_headers_they_do_not_know() {
            var request = served.request("/invocations")
                    .header("Content-Type", "application/json")
                    .header("X-Amzn-SageMaker-Custom-Attributes", "trace=1")
                    .header("X-Unheard-Of", "1")
                    .POST(BodyPublishers.ofString("{\"instances\":[{}]}"));

            assertThat(served.send(request).statusCode()).isEqualTo(200);
        }

        @Test
        void are_answered_by_the_version_that_is_current() {
            var before = served.post("application/json", "{\"instances\":[{}]}");
            var versions = Trips.versions(1);
            served.model.set(Model.of(null, versions.getFirst()));

            var after = served.post("application/json", "{\"instances\":[{}]}");

            assertThat(Served.json(before).get("predictions"))
                    .isNotEqualTo(Served.json(after).get("predictions"));
        }
    }

    @Nested
    class Invocations_that_ask_why {
        private static final String ONE =
                "{\"instances\":[{\"origin\":\"BOS\",\"distance\":200,\"note\":\"late late\"},{}]}";

        private HttpResponse<String> ask(String query, String accept, String body) {
            return served.send(served.request("/invocations?" + query)
                    .header("Content-Type", "application/json")
                    .header("Accept", accept)
                    .POST(BodyPublishers.ofString(body)));
        }

        @Test
        void get_what_each_feature_adds_to_the_margin_of_the_same_score() {
            var plain = Served.json(served.post("application/json", ONE)).get("predictions");

            var explained =
                    Served.json(ask("explain=true", "application/json", ONE)).get("predictions");

            assertThat(explained.size()).isEqualTo(2);
            for (var i = 0; i < 2; i++) {
                var contributions = explained.get(i).get("contributions");
                assertThat(explained.get(i).get("score")).isEqualTo(plain.get(i).get("score"));
                assertThat(contributions
                                .valueStream()
                                .mapToDouble(JsonNode::doubleValue)
                                .reduce(0, Double::sum))
                        .isEqualTo(explained.get(i).get("margin").floatValue());
            }
            assertThat(explained.get(0).get("contributions").propertyNames())
                    .containsExactly("distance", "stops", "constant", "origin=BOS", "text(note)=late");
            assertThat(plain.get(0).propertyNames()).containsExactly("score", "predicted_label");
        }

        @Test
        void are_400_where_that_can_not_be_had() {
            assertThat(ask("explain=why", "application/json", ONE).body())
                    .contains("explain = \\\"why\\\": expected true or false");
            assertThat(ask("explain=true", "text/csv", ONE).statusCode()).isEqualTo(400);
            var many = "{\"instances\":[" + "{},".repeat(1_000) + "{}]}";
            assertThat(ask("explain=true", "application/json", many).body()).contains("more than 1000 instances");
            assertThat(ask("explain=false", "application/json", many).statusCode())
                    .isEqualTo(200);
        }
    }

    @Nested
    class Metrics_S15 {
        private static String line(Served served, String start) {
            return served.get("/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(start))
                    .findFirst()
                    .orElse("nothing");
        }

        @Test
        void are_text_for_Prometheus() {
            var response = served.get("/metrics");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type"))
                    .contains("text/plain; version=0.0.4; charset=utf-8");
        }

        @Test
        void count_requests_by_their_status_and_time_them() {
            try (var own = new Served(MODEL)) {
                own.post("application/json", "{\"instances\":[{},{}]}");
                own.post("application/json", "{\"instances\":[{},{},{}]}");
                own.post("application/json", "{\"instances\":1}");
                own.post("text/libsvm", "nonsense");

                await().untilAsserted(() -> assertThat(line(own, "millrace_invocations_seconds_count{status=\"415\"}"))
                        .endsWith(" 1"));
                assertThat(line(own, "millrace_invocations_seconds_count{status=\"200\"}"))
                        .endsWith(" 2");
                assertThat(line(own, "millrace_invocations_seconds_count{status=\"400\"}"))
                        .endsWith(" 1");
                assertThat(line(own, "millrace_invocations_seconds_bucket{status=\"200\",le=\"+Inf\"}"))
                        .endsWith(" 2");
                assertThat(line(own, "millrace_predictions_total")).endsWith(" 5.0");
            }
        }

        @Test
        void tell_the_version_its_age_and_its_progressive_metrics() {
            var expected = served.model.get().manifest().getMetrics().get("log-loss");

            assertThat(line(served, "millrace_model_version")).endsWith(" 1.0");
            assertThat(line(served, "millrace_model_examples")).endsWith(" 50.0");
            assertThat(line(served, "millrace_model_age_seconds")).matches(".* \\d+\\.\\d+(E-\\d+)?");
            assertThat(line(served, "millrace_model_progressive{metric=\"log-loss\"}"))
                    .endsWith(" " + expected);
        }

        @Test
        void are_there_before_the_first_model() {
            served.model.set(null);

            assertThat(line(served, "millrace_model_version")).endsWith(" NaN");
        }

        @Test
        void follow_the_version() {
            assertThat(line(served, "millrace_model_examples")).endsWith(" 50.0");

            served.model.set(Trips.model(Trips.SPEC, 60));

            var expected = served.model.get().manifest().getMetrics().get("log-loss");
            assertThat(line(served, "millrace_model_examples")).endsWith(" 60.0");
            assertThat(line(served, "millrace_model_progressive{metric=\"log-loss\"}"))
                    .endsWith(" " + expected);
        }
    }

    @Nested
    class Models {
        @Test
        void tell_what_is_served() {
            var model = Served.json(served.get("/models")).at("/models/0");

            var manifest = served.model.get().manifest();
            assertThat(model.get("name").stringValue()).isEqualTo("main/1");
            assertThat(model.get("examples").longValue()).isEqualTo(50);
            assertThat(model.get("log_offset").longValue()).isEqualTo(1);
            assertThat(model.get("digest").stringValue()).isEqualTo(ManifestJson.hex(manifest.getDigest()));
            assertThat(model.get("spec_hash").stringValue()).isEqualTo(ManifestJson.hex(Trips.SPEC.hash()));
            assertThat(model.at("/metrics/log-loss").doubleValue())
                    .isEqualTo(manifest.getMetrics().get("log-loss"));
            assertThat(model.get("age_seconds").doubleValue()).isBetween(0.0, 3600.0);
        }

        @Test
        void are_none_before_the_first() {
            served.model.set(null);

            assertThat(served.get("/models").body()).isEqualTo("{\"models\":[]}");
        }
    }

    @Nested
    class What_is_not_served {
        @Test
        void is_404_with_what_is() {
            var response = served.get("/invocation?a=1");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(Served.json(response).get("detail").stringValue())
                    .isEqualTo(
                            "path = \"/invocation\" is not served: expected /invocations, /ping, /metrics or /models");
        }

        @ParameterizedTest
        @CsvSource({
            "GET, /invocations, POST",
            "PUT, /invocations, POST",
            "POST, /ping, 'GET, HEAD'",
            "DELETE, /models, 'GET, HEAD'",
            "POST, /metrics, 'GET, HEAD'"
        })
        void is_405_with_the_methods_that_are(String method, String path, String allow) {
            var response = served.send(served.request(path).method(method, BodyPublishers.ofString("{}")));

            assertThat(response.statusCode()).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).contains(allow);
            assertThat(Served.json(response).get("detail").stringValue())
                    .isEqualTo("method = " + method + " is not allowed here: expected " + allow);
        }

        @Test
        void has_no_body_for_HEAD() {
            var response = served.send(served.request("/models").method("HEAD", BodyPublishers.noBody()));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEmpty();
        }
    }
}
