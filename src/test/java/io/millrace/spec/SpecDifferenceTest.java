package io.millrace.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecDifferenceTest {
    private static final Spec SPEC = SpecReader.resource("flights.yaml");

    @TempDir
    Path dir;

    private Spec changed(String from, String to) throws IOException {
        var yaml = SpecReader.resourceText("flights.yaml");
        assertThat(yaml).contains(from);
        return SpecReader.read(Files.writeString(dir.resolve("changed.yaml"), yaml.replace(from, to)));
    }

    @Test
    void there_is_none_between_equals() {
        assertThat(SpecDifference.ofExamples(SPEC, SPEC)).isEmpty();
        assertThat(SpecDifference.ofJudging(SPEC, SPEC)).isEmpty();
    }

    @Test
    void all_are_told_in_the_order_of_the_keys() throws IOException {
        var other = changed("bits: 18", "bits: 20\ngate: { window: 512 }").withLearn(SPEC.learn());

        assertThat(SpecDifference.all(SPEC, SPEC)).isEmpty();
        assertThat(SpecDifference.all(SPEC, changed("bits: 18", "bits: 20\ngate: { window: 512 }")))
                .extracting(SpecDifference::toString)
                .containsExactly("learn.bits = 20: expected 18", "gate.window = 512: expected 4096");
        assertThat(SpecDifference.all(SPEC, other)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "learning-rate: 0.06 | learning-rate: 0.5",
                "kind: sgd, | kind: sgd, power-t: 0.5,",
                "learn: | learn:%  learner: { kind: factorization-machine, rank: 4 }",
                "learn: | learn:%  learner: { kind: linear }",
                "every: 500ms | every: 1s",
                "publish: | gate: { window: 512 }%publish:",
            })
    void blocks_are_the_same_whatever_is_made_of_them(String from, String to) throws IOException {
        assertThat(SpecDifference.ofExamples(SPEC, changed(from, to.replace('%', '\n'))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model: flight-delays | model: others | model = others: expected flight-delays",
                "topic: flights | topic: trips | events.topic = trips: expected flights",
                "salt: flights-2001 | salt: x | split.salt = x: expected flights-2001",
                "above: 15 | above: 30 | label.above = 30.0: expected 15.0",
                "bits: 18 | bits: 19 | learn.bits = 19: expected 18",
                "{ number: distance, scale: standard } | { number: distance, scale: none } | features[5].scale = none: expected standard",
                "{ cross: [origin, destination] } | { text: origin } | features[2].cross = nothing: expected [origin, destination]",
                "- { number: distance, scale: standard } | # | features[5] = nothing: expected {number: distance, scale: standard}",
            })
    void blocks_differ_by_the_first_key_that_makes_examples(String from, String to, String message) throws IOException {
        var found = SpecDifference.ofExamples(SPEC, changed(from, to));

        assertThat(found.orElseThrow()).hasToString(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bits: 18 | bits: 19",
                "learning-rate: 0.06 | learning-rate: 0.5",
                "{ number: distance, scale: standard } | { number: distance, scale: none }",
                "- { category: origin } | #-",
                "learn: | learn:%  learner: { kind: factorization-machine }",
            })
    void versions_are_comparable_whatever_they_see(String from, String to) throws IOException {
        assertThat(SpecDifference.ofJudging(SPEC, changed(from, to.replace('%', '\n'))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topic: flights | topic: trips | events.topic = trips: expected flights",
                "field: date, unit: minutes | field: date, unit: seconds | events.time.unit = seconds: expected minutes",
                "distance, delay] | distance] | events.id[4] = nothing: expected delay",
                "above: 15 | above: 30 | label.above = 30.0: expected 15.0",
                "group: [origin, destination] | group: [origin] | split.group[1] = nothing: expected destination",
                "salt: flights-2001 | salt: x | split.salt = x: expected flights-2001",
                "test: 0.1 | test: 0.1%  dedupe: { within: 1d } | split.dedupe = {within: 1d, across: partition, most: 1000000}: expected nothing",
                "loss: logistic | loss: squared | learn.loss = squared: expected logistic",
            })
    void versions_are_not_comparable_where_they_predict_other_things(String from, String to, String message)
            throws IOException {
        var found = SpecDifference.ofJudging(SPEC, changed(from, to.replace('%', '\n')));

        assertThat(found.orElseThrow()).hasToString(message);
    }
}
