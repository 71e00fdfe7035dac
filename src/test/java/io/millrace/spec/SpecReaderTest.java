package io.millrace.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.evaluate.PointLoss;
import io.millrace.event.EventsConfig.Format;
import io.millrace.event.TimeConfig;
import io.millrace.feature.FeatureConfig;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.kernel.Activation;
import io.millrace.learn.LanesConfig;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.split.DedupeConfig;
import io.millrace.split.DedupeConfig.Across;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecReaderTest {
    private static final String WHOLE = """
            model: clicks
            events:
              topic: clicks
            split:
              group: [user]
            label: { field: clicked, above: 0 }
            features:
              - { category: page }
              - { number: age }
            """;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name_the_file() {
        file = folder.resolve("clicks.yaml");
    }

    private Spec read(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return SpecReader.read(file);
    }

    private void assertRefused(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessage(message.replace("FILE", file.toString()));
    }

    @Nested
    class A_spec_that_says_little {
        @Test
        void takes_the_rest_from_the_defaults() throws IOException {
            var spec = read(WHOLE);

            assertThat(spec.model()).isEqualTo("clicks");
            assertThat(spec.events().topic()).isEqualTo("clicks");
            assertThat(spec.events().format()).isEqualTo(Format.JSON);
            assertThat(spec.events().schema()).isEmpty();
            assertThat(spec.events().id()).isEmpty();
            assertThat(spec.events().time()).isEmpty();
            assertThat(spec.split().group()).containsExactly("user");
            assertThat(spec.split().salt()).isEqualTo("millrace");
            assertThat(spec.split().train()).isEqualTo(0.8);
            assertThat(spec.label().above()).isEqualTo(OptionalDouble.of(0));
            assertThat(spec.learn().loss()).isEqualTo(LossKind.LOGISTIC);
            assertThat(spec.learn().optimizer().learningRate()).isEqualTo(0.05);
            assertThat(spec.learn().optimizer().powerT()).isZero();
            assertThat(spec.learn().bits()).isEqualTo(18);
            assertThat(spec.publish()).isEqualTo(new PublishConfig(Duration.ofMillis(500), 100, 100));
            assertThat(spec.gate()).isEqualTo(new GateConfig(Optional.empty(), 0.01, Duration.ofDays(1), 4096, 0.999));
            assertThat(spec.schemaText()).isNull();
        }

        @Test
        void takes_what_a_feature_leaves_out_from_its_kind() throws IOException {
            var spec = read(WHOLE);

            assertThat(spec.features())
                    .containsExactly(
                            new FeatureConfig.Category("page"), new FeatureConfig.Number("age", Scale.STANDARD));
        }

        @Test
        void names_each_field_once() throws IOException {
            var spec = read(WHOLE + "  - { cross: [page, user] }\n");

            assertThat(spec.fields().names()).containsExactly("user", "clicked", "page", "age");
        }
    }

    @Nested
    class Lanes {
        private static final String FOLDS = "learn:\n  lanes: { folds: 5, by: group, strata: class, publish: all }\n";

        @Test
        void are_read_and_written() throws IOException {
            var spec = read(WHOLE + FOLDS);

            var lanes = spec.learn().lanes().orElseThrow();
            assertThat(lanes.folds()).hasValue(5);
            assertThat(lanes.by()).hasValue(LanesConfig.By.GROUP);
            assertThat(lanes.strata()).hasValue(LanesConfig.Strata.CLASS);
            assertThat(lanes.publish()).hasValue(LanesConfig.Publish.ALL);
            assertThat(SpecReader.ofJson(spec.toJson()).learn()).isEqualTo(spec.learn());
            assertThat(read(WHOLE + FOLDS.replace(", strata: class", "")).hash())
                    .isNotEqualTo(spec.hash());
        }

        @Test
        void in_strata_are_refused_where_a_number_is_learned() {
            assertRefused(
                    WHOLE.replace(", above: 0", "") + FOLDS.replace("learn:\n", "learn:\n  loss: squared\n"), """
                    learn.lanes.strata = class does not go with learn.loss = squared: expected a loss of two classes, as a number has none
                      in FILE, line 12""");
        }
    }

    @Nested
    class A_block_that_is_given_in_part {
        @Test
        void keeps_the_defaults_of_its_other_keys() throws IOException {
            var spec = read(WHOLE + "learn: { optimizer: { power-t: 0.5 } }\n");

            assertThat(spec.learn().optimizer().powerT()).isEqualTo(0.5);
            assertThat(spec.learn().optimizer().learningRate()).isEqualTo(0.05);
        }
    }

    @Nested
    class The_shipped_flights {
        private final Spec spec = SpecReader.resource("flights.yaml");

        @Test
        void are_read_with_their_schema() {
            assertThat(spec.model()).isEqualTo("flight-delays");
            assertThat(spec.events().time())
                    .contains(new TimeConfig("date", TimeConfig.Unit.MINUTES, Optional.of(Duration.ofDays(1))));
            assertThat(spec.schemaText()).contains("\"Flight\"");
            assertThat(spec.timeUnit()).isEqualTo(TimeConfig.Unit.MINUTES);
            assertThat(spec.fields().names()).containsExactly("date", "origin", "destination", "distance", "delay");
        }

        @Test
        void come_back_from_json_as_they_were() {
            var back = SpecReader.ofJson(spec.toJson());

            assertThat(back).isEqualTo(spec);
            assertThat(back.toJson()).isEqualTo(spec.toJson());
            assertThat(back.hash()).isEqualTo(spec.hash());
        }

        @Test
        void name_their_topics() {
            assertThat(spec.topic("main", "train")).isEqualTo("flight-delays.main.train");
            assertThat(spec.topic("predictions")).isEqualTo("flight-delays.predictions");
        }
    }

    @Nested
    class The_schema {
        @Test
        void is_found_beside_the_spec() throws IOException {
            Files.createDirectory(folder.resolve("schemas"));
            Files.writeString(folder.resolve("schemas/click.avsc"), """
                    {"type": "record", "name": "Click", "fields": [{"name": "user", "type": "string"},
                     {"name": "page", "type": "string"}, {"name": "age", "type": ["null", "int"]}, {"name": "clicked", "type": "int"}]}
                    """);

            var spec =
                    read(WHOLE.replace("topic: clicks", "topic: clicks\n  format: avro\n  schema: schemas/click.avsc"));

            assertThat(spec.schemaText()).contains("Click");
        }

        @Test
        void must_exist() {
            assertRefused(WHOLE.replace("topic: clicks", "topic: clicks\n  format: avro\n  schema: click.avsc"), """
                    events.schema = click.avsc does not exist: expected a file
                      in FILE, line 5""");
        }

        @Test
        void must_be_one() throws IOException {
            Files.writeString(folder.resolve("click.avsc"), "{\"type\": \"record\"}");

            assertRefused(WHOLE.replace("topic: clicks", "topic: clicks\n  format: avro\n  schema: click.avsc"), """
                    events.schema = click.avsc holds no Avro schema: No name in schema: {"type":"record"}
                      in FILE, line 5""");
        }

        @Test
        void must_hold_the_fields_that_are_redacted() {
            assertRefused(flights().replace("topic: flights\n", "topic: flights\n  redact: [origin, pilot]\n"), """
                    events.redact = pilot is not in the schema: expected one of date, origin, destination, distance, delay
                      in FILE, line 7""");
        }

        @Test
        void must_hold_the_fields_that_the_spec_names() {
            assertRefused(flights().replace("category: origin", "category: carrier"), """
                    features[0].category = carrier is not in the schema: expected one of date, origin, destination, distance, delay
                      in FILE, line 22""");
        }

        @Test
        void must_hold_numbers_where_numbers_are_needed() {
            assertRefused(flights().replace("number: distance", "number: destination"), """
                    features[5].number = destination is "string" in the schema: expected a number
                      in FILE, line 27""");
        }

        private static String flights() {
            return SpecReader.resourceText("flights.yaml");
        }
    }

    @Nested
    class A_learner {
        private static String learner(String block) {
            return WHOLE + "learn:\n  learner: " + block + "\n";
        }

        @Test
        void is_linear_where_the_spec_says_nothing() throws IOException {
            var spec = read(WHOLE);

            assertThat(spec.learn().learner()).isEmpty();
            assertThat(spec.learn().parameters()).isEqualTo(1);
            assertThat(spec.toJson()).doesNotContain("learner");
        }

        @Test
        void that_is_called_linear_makes_the_same_log() throws IOException {
            var spec = read(learner("{ kind: linear }"));

            assertThat(spec.hash())
                    .isEqualTo(read(WHOLE).hash())
                    .isNotEqualTo(
                            read(learner("{ kind: factorization-machine }")).hash());
        }

        @Test
        void of_layers_is_refused_with_numbers_that_its_step_counts_first() throws IOException {
            var inclusive = WHOLE.replace("{ number: age }", "{ number: age, scale: standard-inclusive }");

            assertRefused(inclusive + "learn:\n  learner: { kind: mlp }\n", """
                    features[1].scale = standard-inclusive does not go with learn.learner.kind = mlp: expected standard or none
                      in FILE, line 9""");
            assertThat(read(inclusive).numbers()).hasSize(1);
            assertThat(read(learner("{ kind: mlp }")).numbers()).hasSize(1);
        }

        @Test
        void of_factors_has_eight_unless_the_spec_says_otherwise() throws IOException {
            var spec = read(learner("{ kind: factorization-machine, init: 0.1, seed: -7 }"));

            assertThat(spec.learn().parameters()).isEqualTo(9);
            assertThat(read(learner("{ kind: factorization-machine, rank: 4 }"))
                            .learn()
                            .parameters())
                    .isEqualTo(5);
            assertThat(SpecReader.ofJson(spec.toJson())).isEqualTo(spec);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "rank: 0 | rank = 0 is out of range: expected 1 to 64",
                    "rank: 65 | rank = 65 is out of range: expected 1 to 64",
                    "rank: 2.5 | rank = 2.5 is not a whole number: expected digits, such as 18",
                    "init: 0 | init = 0.0 is out of range: expected more than 0, at most 1",
                    "init: 1.5 | init = 1.5 is out of range: expected more than 0, at most 1",
                    "seed: x | seed = x is not a whole number: expected digits, such as 18",
                })
        void of_a_bad_value_is_refused_with_its_line(String key, String message) {
            assertRefused(
                    learner("\n    kind: factorization-machine\n    " + key),
                    "learn.learner." + message + "\n  in FILE, line 13");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "rank | 4 | factorization-machine",
                    "init | 0.5 | factorization-machine, mlp",
                    "seed | 2 | factorization-machine, mlp",
                    "embedding | 8 | mlp",
                    "layers | [8] | mlp",
                    "activation | leaky-relu | mlp"
                })
        void that_is_linear_has_neither_factors_nor_layers(String key, String value, String those) {
            assertRefused(
                    learner("{ " + key + ": " + value + " }"),
                    "learn.learner." + key + " = " + value
                            + " does not go with learn.learner.kind = linear: expected it with " + those
                            + " only\n  in FILE, line 11");
        }

        @Test
        void is_one_that_there_is() {
            assertRefused(learner("{ kind: forest }"), """
                    learn.learner.kind = forest is not known: expected one of linear, factorization-machine, mlp
                      in FILE, line 11""");
        }

        @Test
        void of_layers_is_what_the_file_says() throws IOException {
            var learner = learner("{ kind: mlp, embedding: 8, layers: [7, 5], activation: gelu, batch: 9, seed: 2 }");

            var bound = read(learner).learn().learner().orElseThrow();

            assertThat(bound.layers()).contains(List.of(7, 5));
            assertThat(bound.activation()).contains(Activation.GELU);
            assertThat(SpecReader.ofJson(read(learner).toJson()).learn().learner())
                    .contains(bound);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "embedding: 65 | embedding = 65 is out of range: expected 1 to 64",
                    "layers: [0] | layers = [0] is out of range: expected 1 to 4096 neurons each",
                    "layers: 3 | layers = 3 is no list: expected one, such as [a, b]",
                    "layers: [x] | layers[0] = x is not a whole number: expected digits, such as 18",
                    "batch: 0 | batch = 0 is out of range: expected 1 to 4096",
                    "activation: step | activation = step is not known: expected one of identity, relu, leaky-relu,"
                            + " sigmoid, tanh, gelu"
                })
        void of_layers_with_a_bad_value_is_refused_with_its_line(String key, String message) {
            assertRefused(learner("\n    kind: mlp\n    " + key), "learn.learner." + message + "\n  in FILE, line 13");
        }

        @Test
        void is_no_mini_batch_of_one_linear_model() {
            assertRefused(WHOLE + "learn:\n  learner: { kind: linear, batch: 8 }\n", """
                    learn.learner.batch = 8 does not go with learn.learner.kind = linear alone: expected it with learn.lanes, or mlp
                      in FILE, line 11""");
        }

        @Test
        void is_no_mini_batch_for_steps_that_follow_the_margin_of_one_example() {
            assertRefused(WHOLE + """
                    learn:
                      optimizer: { kind: normalized-adaptive, learning-rate: 0.5 }
                      learner: { kind: linear, batch: 8 }
                      lanes: { l2: [0, 0.1] }
                    """, """
                    learn.optimizer.kind = normalized-adaptive does not go with learn.learner.batch: expected another, \
                    as its step follows the margin of one example, and a mini-batch has many
                      in FILE, line 11""");
        }

        @Test
        void is_no_device_for_what_has_no_mini_batches() {
            assertRefused(WHOLE + "learn:\n  bits: 18\n  kernel: opencl\n", """
                    learn.kernel = opencl does not go with learn.learner.kind = linear: expected mlp, or learn.lanes with learn.learner.batch, as only mini-batches are worth a device
                      in FILE, line 12""");
        }

        @Test
        void of_layers_goes_with_no_step_that_follows_one_margin() {
            assertRefused(learner("{ kind: mlp }\n  optimizer: { kind: normalized-adaptive }"), """
                    learn.optimizer.kind = normalized-adaptive does not go with learn.learner.kind = mlp: expected another, \
                    as its step follows the margin of one example, and a mini-batch has many
                      in FILE, line 12""");
        }

        @Test
        void with_more_floats_than_an_array_can_hold_is_refused() {
            assertRefused(learner("{ kind: factorization-machine }\n  bits: 28"), """
                    learn.bits = 28 is out of range: expected fewer, as learner and optimizer take 9 floats a feature
                      in FILE, line 12""");
        }
    }

    @Nested
    class An_unknown_key {
        @Test
        void is_refused_with_the_keys_there_are() {
            assertRefused(WHOLE + "learn:\n  rate: 0.1\n", """
                    learn.rate is an unknown key: expected one of loss, tau, delta, classes, learner, optimizer, bits, lanes, kernel
                      in FILE, line 11
                      `millrace spec` prints every key with its meaning and default.""");
        }

        @Test
        void is_refused_at_the_top() {
            assertRefused(WHOLE + "dedupe: { within: 7d }\n", """
                    dedupe is an unknown key: expected one of model, events, split, label, features, learn, publish, gate
                      in FILE, line 10
                      `millrace spec` prints every key with its meaning and default.""");
        }

        @Test
        void is_refused_in_a_feature() {
            assertRefused(WHOLE.replace("{ category: page }", "{ category: page, scale: none }"), """
                    features[0].scale is an unknown key: expected one of category
                      in FILE, line 8
                      `millrace spec` prints every key with its meaning and default.""");
        }

        @Test
        void is_refused_even_where_it_names_what_the_reader_adds() {
            assertRefused(WHOLE + "schema-text: abc\n", """
                    schema-text is an unknown key: expected one of model, events, split, label, features, learn, publish, gate
                      in FILE, line 10
                      `millrace spec` prints every key with its meaning and default.""");
        }
    }

    @Nested
    class A_required_key_that_is_missing {
        @Test
        void is_named() {
            assertRefused(WHOLE.replace("model: clicks\n", ""), """
                    model is missing: expected text
                      in FILE
                      `millrace spec` prints every key with its meaning and default.""");
        }

        @Test
        void is_named_with_the_line_of_its_block() {
            assertRefused(WHOLE.replace("topic: clicks", "format: json"), """
                    events.topic is missing: expected text
                      in FILE, line 2
                      `millrace spec` prints every key with its meaning and default.""");
        }

        @Test
        void may_be_the_features() {
            assertRefused(WHOLE.substring(0, WHOLE.indexOf("features")), """
                    features is missing: expected a list
                      in FILE
                      `millrace spec` prints every key with its meaning and default.""");
        }
    }

    @Nested
    class A_value_of_the_wrong_type {
        @Test
        void is_no_number() {
            assertRefused(
                    WHOLE + "split:\n".replace("split", "learn") + "  optimizer:\n    learning-rate: fast\n", """
                    learn.optimizer.learning-rate = fast is not a number: expected one such as 0.05
                      in FILE, line 12""");
        }

        @Test
        void is_no_number_where_it_is_not_finite() {
            assertRefused(WHOLE.replace("above: 0", "above: NaN"), """
                    label.above = NaN is not a number: expected one such as 0.05
                      in FILE, line 6""");
        }

        @Test
        void is_no_whole_number() {
            assertRefused(WHOLE + "learn: { bits: 18.5 }\n", """
                    learn.bits = 18.5 is not a whole number: expected digits, such as 18
                      in FILE, line 10""");
        }

        @Test
        void is_no_duration() {
            assertRefused(WHOLE + "publish: { every: 5 }\n", """
                    publish.every = 5 is not a duration: expected one such as 500ms, 2s, 10m, 1h or 7d
                      in FILE, line 10""");
        }

        @Test
        void is_none_of_the_known_words() {
            assertRefused(WHOLE + "learn: { loss: cubic }\n", """
                    learn.loss = cubic is not known: expected one of logistic, hinge, smoothed-hinge, softmax, squared, huber, quantile, expectile, poisson
                      in FILE, line 10""");
        }

        @Test
        void is_no_list() {
            assertRefused(WHOLE.replace("[user]", "user"), """
                    split.group = user is no list: expected one, such as [a, b]
                      in FILE, line 5""");
        }

        @Test
        void is_a_list_where_text_belongs() {
            assertRefused(WHOLE.replace("model: clicks", "model: [clicks]"), """
                    model = [clicks] is a list: expected text
                      in FILE, line 1""");
        }

        @Test
        void is_no_block() {
            assertRefused(WHOLE.replace("{ field: clicked, above: 0 }", "clicked"), """
                    label = clicked is no block: expected the keys field, above, classes
                      in FILE, line 6""");
        }
    }

    @Nested
    class A_feature {
        @Test
        void must_be_a_block() {
            assertRefused(WHOLE.replace("{ category: page }", "page"), """
                    features[0] = page is no block: expected one of category, cross, number, hour-of-day, day-of-week, text, with a field
                      in FILE, line 8""");
        }

        @Test
        void must_name_its_kind() {
            assertRefused(WHOLE.replace("category: page", "categry: page"), """
                    features[0] = {categry: page} is of no kind: expected one of category, cross, number, hour-of-day, day-of-week, text
                      in FILE, line 8""");
        }

        @Test
        void must_be_of_one_kind() {
            assertRefused(WHOLE.replace("category: page", "category: page, text: page"), """
                    features[0] = {category: page, text: page} is of several kinds: expected one of category, cross, number, hour-of-day, day-of-week, text
                      in FILE, line 8""");
        }

        @Test
        void must_be_there_once() {
            assertRefused(WHOLE + "  - { number: age, scale: none }\n", """
                    features[2] = {number: age} is there twice: expected it once, as features[1]
                      in FILE, line 10""");
        }

        @Test
        void may_be_of_a_field_that_another_kind_reads() throws IOException {
            var spec = read(WHOLE + "  - { category: age }\n");

            assertThat(spec.features()).hasSize(3);
        }
    }

    @Nested
    class A_value_that_its_record_refuses {
        @Test
        void has_its_own_line() {
            assertRefused(WHOLE + "publish:\n  keep: 10\n  keyframe: 0\n", """
                    publish.keyframe = 0 is out of range: expected 1 to 100000
                      in FILE, line 12""");
        }

        @Test
        void may_not_go_with_the_loss() {
            assertRefused(WHOLE + "gate: { metric: rmse }\n", """
                    gate.metric = rmse does not go with classes: expected log-loss or brier
                      in FILE, line 10""");
        }

        @Test
        void may_be_a_metric_of_another_loss() throws IOException {
            var number = WHOLE.replace(", above: 0", "");

            assertRefused(number + "learn: { loss: squared }\ngate: { metric: pinball }\n", """
                    gate.metric = pinball does not go with learn.loss = squared: expected mae, rmse
                      in FILE, line 11""");
            assertRefused(number + "learn: { loss: quantile }\ngate: { metric: huber }\n", """
                    gate.metric = huber does not go with learn.loss = quantile: expected mae, rmse or pinball
                      in FILE, line 11""");
            var spec = read(number + "learn: { loss: quantile, tau: 0.9 }\ngate: { metric: pinball }\n");
            assertThat(spec.gate().metric()).contains(PointLoss.PINBALL);
        }

        @Test
        void may_be_a_name() {
            assertRefused(WHOLE.replace("model: clicks", "model: Clicks"), """
                    model = Clicks is no name: expected lower-case letters, digits and hyphens, at most 64
                      in FILE, line 1""");
        }

        @Test
        void may_be_one_that_is_not_there() {
            assertRefused(WHOLE.replace(", above: 0", ""), """
                    label.above is missing: expected a number, as learn.loss = logistic learns two classes
                      in FILE, line 6
                      The label is 1 where the field is greater. To learn the number itself, set learn.loss to squared.""");
        }
    }

    @Nested
    class Classes {
        private String with(String label, String loss) {
            return WHOLE.replace("{ field: clicked, above: 0 }", label) + "learn: { loss: " + loss + " }\n";
        }

        @Test
        void are_counted_where_they_are_learned() throws IOException {
            var spec = read(with("{ field: clicked, classes: [a, b, c] }", "softmax"));

            assertThat(spec.learn().outcome().outputs()).isEqualTo(3);
            assertThat(spec.learn().parameters()).isEqualTo(3);
            assertThat(SpecReader.ofJson(spec.toJson())).isEqualTo(spec);
        }

        @Test
        void may_be_two_of_a_loss_of_two() throws IOException {
            assertThat(read(with("{ field: clicked, classes: [no, yes] }", "logistic"))
                            .learn()
                            .outcome()
                            .outputs())
                    .isEqualTo(1);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        { field: clicked, above: 0 }              | softmax  | label.classes is missing: expected the values of clicked, as learn.loss = softmax learns them
                        { field: clicked, classes: [a, b] }       | squared  | label.classes does not go with learn.loss = squared, which learns a number: expected softmax, or logistic for two classes
                        { field: clicked, classes: [a, b, c] }    | logistic | label.classes has 3 classes: expected two, as learn.loss = logistic learns no more
                        { field: clicked, classes: [a] }          | softmax  | label.classes = [a] is too short: expected two or more
                        { field: clicked, classes: [a, b, a] }    | softmax  | label.classes has a twice: expected each once
                        { field: clicked, above: 1, classes: [a, b] } | softmax | label.above = 1.0 is there beside label.classes: expected one of them
                        """)
        void that_do_not_fit_are_refused(String label, String loss, String message) {
            assertThatThrownBy(() -> read(with(label, loss)))
                    .isInstanceOf(SpecException.class)
                    .hasMessageStartingWith(message + "\n")
                    .hasMessageContaining("line ");
        }

        @Test
        void that_are_counted_wrongly_are_refused() {
            var yaml = with("{ field: clicked, classes: [a, b, c] }", "softmax, classes: 4");

            assertThatThrownBy(() -> read(yaml))
                    .isInstanceOf(SpecException.class)
                    .hasMessageStartingWith("learn.classes = 4 is wrong: expected 3, as label.classes has so many");
        }

        @Test
        void have_no_factorization_machine() {
            var yaml =
                    with("{ field: clicked, classes: [a, b, c] }", "softmax, learner: { kind: factorization-machine }");

            assertThatThrownBy(() -> read(yaml))
                    .isInstanceOf(SpecException.class)
                    .hasMessageStartingWith("learn.learner.kind = factorization-machine does not go with learn.loss ="
                            + " softmax: expected linear");
        }
    }

    @Nested
    class A_file_that_is_no_spec {
        @Test
        void does_not_exist() {
            assertThatThrownBy(() -> SpecReader.read(file))
                    .isInstanceOf(SpecException.class)
                    .hasMessage(file + " does not exist: expected a file");
        }

        @Test
        void is_a_folder() {
            assertThatThrownBy(() -> SpecReader.read(folder))
                    .isInstanceOf(SpecException.class)
                    .hasMessage(folder + " can't be read (Is a directory): expected a file");
        }

        @Test
        void is_not_utf_8() throws IOException {
            Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});

            assertThatThrownBy(() -> SpecReader.read(file))
                    .isInstanceOf(SpecException.class)
                    .hasMessage(file + " is not UTF-8: expected text in UTF-8");
        }

        @Test
        void is_empty() {
            assertRefused("# nothing\n", """
                    the file is empty: expected at least model, events, split, label and features
                      in FILE""");
        }

        @Test
        void is_a_list() {
            assertRefused("- a\n", """
                    the file is no block of keys: expected at least model, events, split, label and features
                      in FILE, line 1""");
        }

        @Test
        void is_no_yaml() {
            assertRefused(WHOLE.replace("  topic: clicks", "  topic: clicks\n   format: json"), """
                    this is not YAML: mapping values are not allowed here
                      in FILE, line 4""");
        }

        @Test
        void is_indented_with_tabs() {
            assertRefused(WHOLE.replace("  topic", "\ttopic"), """
                    this is not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)
                      in FILE, line 3""");
        }

        @Test
        void has_a_key_twice() {
            assertRefused(WHOLE + "split: { group: [page] }\n", """
                    split stands here again: expected it once, as in line 4
                      in FILE, line 10""");
        }

        @Test
        void has_a_key_without_a_value() {
            assertRefused(WHOLE.replace("topic: clicks", "topic:"), """
                    events.topic has no value: expected one, or no such key
                      in FILE, line 3""");
        }

        @Test
        void has_an_alias() {
            assertRefused(
                    WHOLE.replace("model: clicks", "model: &name clicks").replace("topic: clicks", "topic: *name"),
                    """
                    events.topic = *name is an alias: expected the value itself
                      in FILE, line 3""");
        }

        @Test
        void has_two_documents() {
            assertRefused(WHOLE + "---\nmodel: other\n", """
                    a second document starts here: expected one spec a file
                      in FILE, line 11""");
        }
    }

    @Nested
    class Duplicates {
        private static final String BY_ID = WHOLE.replace("topic: clicks\n", "topic: clicks\n  id: [user, page]\n");

        private static String dedupe(String block) {
            return BY_ID.replace("group: [user]\n", "group: [user]\n  dedupe: " + block + "\n");
        }

        @Test
        void are_dropped_only_where_the_spec_says_so() throws IOException {
            assertThat(read(BY_ID).split().dedupe()).isEmpty();
            assertThat(read(BY_ID).toJson()).doesNotContain("dedupe");
        }

        @Test
        void take_what_is_left_out_from_the_defaults() throws IOException {
            assertThat(read(dedupe("{ within: 2d }")).split().dedupe())
                    .contains(new DedupeConfig(Duration.ofDays(2), Across.PARTITION, 1_000_000));
            assertThat(read(dedupe("{ across: partition, most: 20000 }"))
                            .split()
                            .dedupe())
                    .contains(new DedupeConfig(Duration.ofDays(7), Across.PARTITION, 20_000));
        }

        @Test
        void come_back_from_json_as_they_were() throws IOException {
            var spec = read(dedupe("{ within: 90m, across: partition }"));

            assertThat(SpecReader.ofJson(spec.toJson())).isEqualTo(spec);
        }

        @Test
        void decide_what_the_log_holds() throws IOException {
            assertThat(read(dedupe("{ within: 2d }")).hash())
                    .isNotEqualTo(read(BY_ID).hash())
                    .isNotEqualTo(read(dedupe("{ within: 3d }")).hash())
                    .isNotEqualTo(read(dedupe("{ within: 2d, across: topic }")).hash())
                    .isNotEqualTo(read(dedupe("{ within: 2d, most: 20000 }")).hash());
        }

        @Test
        void need_an_id() {
            assertRefused(WHOLE.replace("group: [user]\n", "group: [user]\n  dedupe: { within: 7d }\n"), """
                    split.dedupe needs an id, but events.id is empty: expected the fields that make two events the same event
                      in FILE, line 6
                      Without them an event is its topic, partition and offset, and no two are the same.""");
        }

        @Test
        void are_looked_for_in_a_partition_or_in_the_topic() throws IOException {
            assertThat(read(dedupe("{ across: topic }")).split().dedupe())
                    .contains(new DedupeConfig(Duration.ofDays(7), Across.TOPIC, 1_000_000));
            assertRefused(dedupe("{ across: all }"), """
                    split.dedupe.across = all is not known: expected one of partition, topic
                      in FILE, line 7""");
        }

        @Test
        void need_time_and_room_in_bounds() {
            assertRefused(dedupe("{ within: 500ms }"), """
                    split.dedupe.within = 500ms is out of range: expected 1s to 3650d
                      in FILE, line 7""");
            assertRefused(dedupe("\n    most: 5"), """
                    split.dedupe.most = 5 is out of range: expected 10000 to 1000000000
                      in FILE, line 8""");
        }

        @Test
        void have_no_other_key() {
            assertRefused(dedupe("{ for: 7d }"), """
                    split.dedupe.for is an unknown key: expected one of within, across, most
                      in FILE, line 7
                      `millrace spec` prints every key with its meaning and default.""");
        }
    }

    @Nested
    class Event_time {
        private static String time(String block) {
            return WHOLE.replace("topic: clicks\n", "topic: clicks\n  time: " + block + "\n");
        }

        @Test
        void may_be_a_day_ahead_of_the_record_unless_the_spec_says_otherwise() throws IOException {
            assertThat(read(WHOLE).events().time()).isEmpty();
            assertThat(read(time("{ field: at, unit: seconds }")).events().time())
                    .contains(new TimeConfig("at", TimeConfig.Unit.SECONDS, Optional.of(Duration.ofDays(1))));
            assertThat(read(time("{ field: at, unit: seconds, ahead: 2h }"))
                            .events()
                            .time())
                    .contains(new TimeConfig("at", TimeConfig.Unit.SECONDS, Optional.of(Duration.ofHours(2))));
            assertRefused(time("{ field: at, unit: seconds, ahead: 0s }"), """
                    events.time.ahead = 0ms is out of range: expected 1s to 36500d
                      in FILE, line 4""");
        }

        @Test
        void of_a_log_that_is_older_than_its_bound_goes_on_under_the_default() throws IOException {
            var spec = read(time("{ field: at, unit: seconds }"));
            var old = SpecReader.ofJson(spec.toJson().replace(",\"ahead\":\"1d\"", ""));

            assertThat(old.events().time().orElseThrow().ahead()).isEmpty();
            assertThat(old.hash())
                    .isEqualTo(spec.hash())
                    .isNotEqualTo(read(time("{ field: at, unit: seconds, ahead: 2h }"))
                            .hash());
        }
    }

    @Nested
    class The_hash {
        private final Spec spec = SpecReader.resource("flights.yaml");

        private Spec changed(String from, String to) throws IOException {
            return read(SpecReader.resourceText("flights.yaml").replace(from, to));
        }

        @Test
        void does_not_change_with_what_is_redacted() throws IOException {
            var redacted = changed("topic: flights\n", "topic: flights\n  redact: [origin]\n");

            assertThat(redacted.hash()).isEqualTo(spec.hash());
            assertThat(redacted.events().redacted()).containsExactly("origin");
            assertThat(SpecReader.ofJson(redacted.toJson())).isEqualTo(redacted);
        }

        @Test
        void is_other_where_anything_is_learned_otherwise() throws IOException {
            assertThat(List.of(
                            changed("learning-rate: 0.06", "learning-rate: 0.07"),
                            changed("salt: flights-2001", "salt: flights"),
                            changed("above: 15", "above: 16"),
                            changed("  - { hour-of-day: date }\n", "")))
                    .extracting(Spec::hash)
                    .doesNotContain(spec.hash())
                    .doesNotHaveDuplicates();
        }

        @Test
        void is_the_same_however_versions_are_published() throws IOException {
            assertThat(changed("every: 500ms", "every: 2s").hash()).isEqualTo(spec.hash());
        }

        @Test
        void is_the_same_whatever_the_gate_goes_by() {
            var strict = new GateConfig(Optional.of(PointLoss.BRIER), 0, Duration.ofHours(1), 512, 0.99);

            assertThat(spec.withGate(strict).hash()).isEqualTo(spec.hash());
        }

        @Test
        void is_the_same_wherever_the_schema_stands_and_whatever_its_comments_say() throws IOException {
            var schema = SpecReader.resourceText("flight.avsc").replace("Miles between", "Distance of");
            Files.writeString(folder.resolve("copy.avsc"), schema);

            assertThat(changed("classpath:flight.avsc", "copy.avsc").hash()).isEqualTo(spec.hash());
        }

        @Test
        void is_other_where_the_schema_is() throws IOException {
            var schema = SpecReader.resourceText("flight.avsc").replace("\"type\": \"int\"", "\"type\": \"long\"");
            Files.writeString(folder.resolve("copy.avsc"), schema);

            assertThat(changed("classpath:flight.avsc", "copy.avsc").hash()).isNotEqualTo(spec.hash());
        }
    }

    @Nested
    class A_log_with_a_spec_of_another_version {
        @Test
        void is_refused() {
            var json = SpecReader.resource("flights.yaml").toJson().replace("\"publish\"", "\"later\":{},\"publish\"");

            assertThatThrownBy(() -> SpecReader.ofJson(json))
                    .isInstanceOf(SpecException.class)
                    .hasMessage("""
                    later is an unknown key: expected one of model, events, split, label, features, learn, publish, gate
                      in the spec that the log holds, line 1
                      `millrace spec` prints every key with its meaning and default.""");
        }
    }
}
