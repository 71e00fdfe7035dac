package io.millrace.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Trips;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiationTest {
    private static final String CSV = "A3,7,B1,,,\n";
    private static Served served;

    @BeforeAll
    static void start() {
        served = new Served(Trips.model(Trips.SPEC, 10));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static HttpResponse<String> accepting(String... accept) {
        var request = served.request("/invocations")
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString(CSV));
        for (var value : accept) {
            request.header("Accept", value);
        }
        return served.send(request);
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    @Nested
    class Accept_S9 {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                application/json                          | application/json
                text/csv                                  | text/csv
                TEXT/CSV; charset=utf-8                   | text/csv
                */*                                       | application/json
                application/*                             | application/json
                text/*                                    | text/csv
                text/html, text/csv, application/json     | text/csv
                application/json;q=0.1, text/csv;q=0.9    | application/json
                image/png, */*;q=0.1                      | application/json
                """)
        void is_a_list_whose_first_supported_type_is_taken(String accept, String expected) {
            var response = accepting(accept);

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(type(response)).isEqualTo(expected);
        }

        @Test
        void may_be_absent() {
            assertThat(type(accepting())).isEqualTo("application/json");
        }

        @Test
        void may_come_in_several_lines() {
            assertThat(type(accepting("text/html", "text/csv"))).isEqualTo("text/csv");
        }

        @Test
        void without_a_supported_type_gets_406() {
            var response = accepting("text/html, application/xml;q=0.9");

            assertThat(response.statusCode()).isEqualTo(406);
            assertThat(Served.json(response).get("detail").stringValue())
                    .isEqualTo(
                            "Accept = \"text/html, application/xml\" can't be had: expected application/json or text/csv");
        }
    }

    @Nested
    class Content_type_S10 {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "text/csv",
                    "Text/CSV; label_size=0; charset=utf-8",
                    "text/csv;charset=\"UTF-8\"",
                    "text/csv; charset=us-ascii"
                })
        void may_have_parameters(String type) {
            assertThat(served.post(type, CSV).statusCode()).isEqualTo(200);
        }

        @Test
        void may_be_written_without_its_hyphen() {
            var request = served.request("/invocations")
                    .header("ContentType", "text/csv")
                    .POST(BodyPublishers.ofString(CSV));

            assertThat(served.send(request).statusCode()).isEqualTo(200);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                text/libsvm                | Content-Type = "text/libsvm" is not supported: expected application/json or text/csv
                application/jsonlines      | Content-Type = "application/jsonlines" is not supported: expected application/json or text/csv
                text/csv; charset=latin1   | charset = "latin1" is not supported: expected utf-8
                """)
        void that_is_unknown_gets_415_S8(String type, String detail) {
            var response = served.post(type, CSV);

            assertThat(response.statusCode()).isEqualTo(415);
            assertThat(Served.json(response).get("detail").stringValue()).isEqualTo(detail);
        }

        @Test
        void that_is_missing_gets_415() {
            var response = served.send(served.request("/invocations").POST(BodyPublishers.ofString(CSV)));

            assertThat(response.statusCode()).isEqualTo(415);
            assertThat(Served.json(response).get("detail").stringValue())
                    .isEqualTo("Content-Type is missing: expected application/json or text/csv");
        }
    }
}
