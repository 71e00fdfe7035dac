package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.replay.EventLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.schema.DeadLetter;
import io.millrace.schema.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can't be used ends in the dead letters, once, with its reason, and hurts nothing around it. In each test the
/// split is
/// killed inside a commit and started again.
class BadInputIT {
    private static final int MIB = 1 << 20;
    private static final Map<String, String> LARGE = Map.of("max.message.bytes", Integer.toString(4 * MIB));
    private static final String READING = """
            {"type":"record","name":"Reading","fields":[
              {"name":"id","type":"int"},
              {"name":"place","type":["null","string"]},
              {"name":"x","type":"double"},
              {"name":"y","type":["null","double"]}]}""";

    @TempDir
    Path dir;

    /// What is sent, and for a bad event the reason that must be told and what must be left of it.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(byte @Nullable [] value, String reason, byte[] left) {
        boolean isGood() {
            return reason.isEmpty();
        }
    }

    private final List<Sent> events = new ArrayList<>();
    private @Nullable Long recordTime;

    @Test
    void avro_that_is_no_flight() throws Exception {
        var flights = Flights.first(5_000);
        good(flights.subList(0, 2_000));
        bad(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, "field date has a number of more than 10 bytes");
        bad(Arrays.copyOf(flights.get(0), 3), "field date lies beyond the end of the event");
        bad(
                otherSchema(),
                "event is of another schema: its fingerprint is 1a3bbf67994e1780, expected 597e024e915e7d62");
        good(flights.subList(2_000, 3_000));
        bad((byte[]) null, "the record has no value: expected an event");
        bad(new byte[0], "field date lies beyond the end of the event");
        bad(new byte[2 * MIB], "the event has 2097152 bytes: expected at most 1048576");
        bad(SomeFlights.groupless(flights.get(0)), "origin, destination are empty: expected a group");
        good(flights.subList(3_000, 5_000));

        assertBadOnesAreLetters(TestModel.flights("bad-flights", "{ every: 100ms }"));
    }

    @Test
    void json_with_values_that_are_none() throws Exception {
        for (var i = 0; i < 500; i++) {
            good(json(i));
        }
        bad(
                "not json",
                "event is no JSON at line 1, column 1: expected a value or a mark of RFC 8259, found near \"not json\"");
        bad("[1, 2]", "event is no JSON object");
        bad(
                "{\"place\":\"a\",\"x\":1,\"y\":1",
                "event is no JSON: it ends too early, after 24 bytes: expected the rest of a value");
        bad("{\"place\":\"a\",\"x\":1,\"y\":\"late\"}", "y = \"late\" is not a number");
        bad("{\"place\":\"a\",\"x\":1,\"y\":\"15\"}", "y = \"15\" is not a number");
        bad(
                "{\"place\":\"a\",\"x\":1,\"y\":NaN}",
                "event is no JSON at line 1, column 27: expected a value or a mark of RFC 8259, found near \"x\\\":1,\\\"y\\\":NaN}\"");
        bad("{\"place\":\"a\",\"x\":1,\"y\":1e999}", "y = Infinity is not a finite number");
        bad("{\"place\":\"a\",\"x\":1,\"y\":1e30}", "y = 1.0E30 is out of range: expected -1e15 to 1e15");
        bad("{\"place\":\"a\",\"x\":-1e30,\"y\":1}", "x = -1.0E30 is out of range: expected -1e15 to 1e15");
        bad("{\"place\":\"a\",\"x\":-1e999,\"y\":1}", "x = -Infinity is not a finite number");
        bad("{\"place\":\"\",\"x\":1,\"y\":1}", "place is empty: expected a group");
        bad("{\"x\":1,\"y\":1}", "place is missing: expected a value, since it is part of the group");
        bad((byte[]) null, "the record has no value: expected an event");
        bad(padded(2 * MIB), "the event has 2097152 bytes: expected at most 1048576");
        bad(padded(MIB + 1), "the event has 1048577 bytes: expected at most 1048576");
        good(padded(MIB));
        for (var i = 0; i < 500; i++) {
            good(json(i));
        }

        assertBadOnesAreLetters(readings("bad-json", "format: json"));
    }

    @Test
    void avro_with_numbers_that_are_none() throws Exception {
        for (var i = 0; i < 500; i++) {
            good(avro(i, "place" + i % 50, i % 7, i % 3));
        }
        bad(avro(0, "a", 1, Double.NaN), "y = NaN is not a finite number");
        bad(avro(0, "a", 1, Double.POSITIVE_INFINITY), "y = Infinity is not a finite number");
        bad(avro(0, "a", 1, 1e30), "y = 1.0E30 is out of range: expected -1e15 to 1e15");
        bad(avro(0, "a", Double.NaN, 1.0), "x = NaN is not a finite number");
        bad(avro(0, "a", Double.NEGATIVE_INFINITY, 1.0), "x = -Infinity is not a finite number");
        bad(avro(0, "a", -1e30, 1.0), "x = -1.0E30 is out of range: expected -1e15 to 1e15");
        bad(avro(0, "", 1, 1.0), "place is empty: expected a group");
        bad(avro(0, null, 1, 1.0), "place is missing: expected a value, since it is part of the group");
        for (var i = 0; i < 500; i++) {
            good(avro(i, "place" + i % 50, i % 7, i % 3));
        }
        Files.writeString(dir.resolve("reading.avsc"), READING);

        assertBadOnesAreLetters(readings("bad-avro", "format: avro, schema: reading.avsc"));
    }

    @Test
    void json_with_values_that_may_not_be_told() throws Exception {
        for (var i = 0; i < 500; i++) {
            good(json(i));
        }
        bad(
                "{\"place\":\"a\",\"x\":1,\"y\":\"078-05-1120\"}",
                "y = (redacted) is not a number",
                "{\"place\":\"a\",\"x\":1,\"y\":\"(redacted)\"}");
        bad(
                "{\"place\":\"\",\"note\":{\"y\":\"078-05-1120\"},\"phone\":[555]}",
                "place is empty: expected a group",
                "{\"place\":\"\",\"note\":{\"y\":\"(redacted)\"},\"phone\":\"(redacted)\"}");
        bad("{\"y\":078-05-1120}", "event is no JSON at line 1, column 7: expected a value or a mark of RFC 8259", "");
        bad(
                "{\"phone\":555,\"note\":\"%s\"}".formatted("n".repeat(300_000)),
                "place is missing: expected a value, since it is part of the group",
                "{\"phone\":\"(redacted)\",\"note\":\"%s\"}".formatted("n".repeat(300_000)));
        for (var i = 0; i < 500; i++) {
            good(json(i));
        }

        assertBadOnesAreLetters(readings("redacted", "format: json, redact: [y, phone]"));
    }

    @Test
    void a_time_ahead_of_its_record() throws Exception {
        recordTime = Instant.parse("2020-02-28T12:00:00Z").toEpochMilli();
        for (var i = 0; i < 500; i++) {
            good(at("2020-02-28T11:00:00Z", i));
        }
        good(at("1969-07-20T20:17:40Z", 1));
        good(at("2020-02-29T12:00:00Z", 1));
        bad(at("2020-02-29T12:00:00.001Z", 1), ahead("2020-02-29T12:00:00.001Z"));
        bad(at("2021-02-28T12:00:00Z", 1), ahead("2021-02-28T12:00:00Z"));
        bad(at("9999-12-31T23:59:59Z", 1), ahead("9999-12-31T23:59:59Z"));
        for (var i = 0; i < 500; i++) {
            good(at("2020-02-28T13:00:00Z", i));
        }

        assertBadOnesAreLetters(readings("ahead", "format: json, time: { field: at, unit: iso-8601 }"));
    }

    private static byte[] at(String time, int id) {
        return new String(json(id), UTF_8)
                .replace("{", "{\"at\":\"" + time + "\",")
                .getBytes(UTF_8);
    }

    private static String ahead(String time) {
        return "at = \"" + time + "\" is " + time + ": expected no later than 2020-02-29T12:00:00Z, which is"
                + " events.time.ahead after the timestamp of its record";
    }

    @Test
    void avro_of_a_schema_that_changes_under_way_and_back() throws Exception {
        for (var i = 0; i < 500; i++) {
            good(avro(i, "place" + i % 50, i % 7, i % 3));
        }
        var field = "{\"name\":\"y\",\"type\":[\"null\",\"double\"]}";
        var longer = READING.replace(field, field + ",{\"name\":\"z\",\"type\":\"int\",\"default\":7}");
        var shorter = READING.replace(",\n  " + field, "");
        for (var i = 0; i < 500; i++) {
            var reading = avro(i, "place" + i % 50, i % 7, i % 3);
            bad(bare(longer, i), "event of " + (reading.length + 1) + " bytes has 1 more than its schema says");
            bad(bare(shorter, i), "field y lies beyond the end of the event");
            bad(
                    framed(longer, i),
                    "event is of another schema: its fingerprint is " + fingerprint(longer) + ", expected "
                            + fingerprint(READING));
            good(framed(READING, i));
        }
        for (var i = 0; i < 500; i++) {
            good(avro(i, "place" + i % 50, i % 7, i % 3));
        }
        Files.writeString(dir.resolve("reading.avsc"), READING);

        assertBadOnesAreLetters(readings("other-schema", "format: avro, schema: reading.avsc"));
    }

    @Test
    void json_whose_types_and_names_change_under_way_and_back() throws Exception {
        for (var i = 0; i < 500; i++) {
            good(json(i));
        }
        for (var i = 0; i < 500; i++) {
            var reading = new String(json(i), UTF_8);
            bad(reading.replaceAll("\"y\":(\\d)", "\"y\":\"$1\""), "y = \"" + i % 3 + "\" is not a number");
            bad(reading.replaceAll("\"x\":(\\d)", "\"x\":true"), "x = true is not a number");
            bad(
                    reading.replaceAll("\"place\":(\"\\w+\")", "\"place\":{\"name\":$1}"),
                    "place is nested: expected a number, text, a boolean or null");
            bad(
                    reading.replace("\"place\":", "\"town\":"),
                    "place is missing: expected a value, since it is part of the group");
        }
        for (var i = 0; i < 500; i++) {
            good(json(i));
        }

        assertBadOnesAreLetters(readings("other-types", "format: json"));
    }

    /// A reading as a writer of another schema makes it.
    private static GenericRecord changed(String schema, int id) {
        var parsed = new Schema.Parser().parse(schema);
        var record = new GenericData.Record(parsed);
        for (var field : parsed.getFields()) {
            record.put(
                    field.name(),
                    switch (field.name()) {
                        case "place" -> "place" + id % 50;
                        case "x" -> (double) (id % 7);
                        case "y" -> (double) (id % 3);
                        default -> 7;
                    });
        }
        record.put("id", id);
        return record;
    }

    private static byte[] bare(String schema, int id) throws IOException {
        var out = new ByteArrayOutputStream();
        new GenericDatumWriter<GenericRecord>(new Schema.Parser().parse(schema))
                .write(changed(schema, id), EncoderFactory.get().directBinaryEncoder(out, null));
        return out.toByteArray();
    }

    private static byte[] framed(String schema, int id) throws IOException {
        var buffer = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), new Schema.Parser().parse(schema))
                .encode(changed(schema, id));
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static String fingerprint(String schema) {
        return HexFormat.of().toHexDigits(SchemaNormalization.parsingFingerprint64(new Schema.Parser().parse(schema)));
    }

    private void good(List<byte[]> values) {
        values.forEach(this::good);
    }

    private void good(byte[] value) {
        events.add(new Sent(value, "", value));
    }

    private void bad(String value, String reason) {
        bad(value.getBytes(UTF_8), reason);
    }

    private void bad(byte @Nullable [] value, String reason) {
        events.add(new Sent(value, reason, value == null ? new byte[0] : value));
    }

    private void bad(String value, String reason, String left) {
        events.add(new Sent(value.getBytes(UTF_8), reason, left.getBytes(UTF_8)));
    }

    private void assertBadOnesAreLetters(String yaml) throws Exception {
        try (var model = new TestModel(dir, yaml, 1, LARGE)) {
            model.produce(events.stream().map(Sent::value).toList(), recordTime);
            try (var split = model.process("split")) {
                split.armCommit(Probe.Moment.OFFSETS, 1);
                split.awaitMark();
                split.kill();
            }
            try (var split = new SplitRole(model.spec, model.settings("split"));
                    var train = new TrainRole(model.spec, model.settings("train"));
                    var score = new ScoreRole(model.spec, model.settings("score"))) {
                split.start();
                train.start();
                score.start();
                model.awaitLearned();
                model.awaitEvents("score");

                assertThat(List.of(split.failure(), train.failure(), score.failure()))
                        .noneMatch(CompletableFuture::isDone);
            }

            assertLetters(model);
            assertReplayFindsTheSame(model);
            assertGoodOnesAreLearned(model);
            assertThat(TestBroker.readAll(model.spec.topic("predictions")))
                    .extracting(record -> Wire.decode(Prediction.getDecoder(), record.value()))
                    .hasSize((int) events.stream().filter(Sent::isGood).count())
                    .allMatch(prediction -> Double.isFinite(prediction.getScore()));
        }
    }

    private void assertLetters(TestModel model) throws Exception {
        var letters = TestBroker.readAll(model.spec.topic("dead-letters")).stream()
                .map(record -> Wire.decode(DeadLetter.getDecoder(), record.value()))
                .iterator();
        for (var offset = 0; offset < events.size(); offset++) {
            var sent = events.get(offset);
            if (!sent.isGood()) {
                var letter = letters.next();
                var value = sent.value() == null ? new byte[0] : sent.value();
                var left = sent.left();

                assertThat(letter.getReason()).isEqualTo(sent.reason());
                assertThat(letter.getTopic()).isEqualTo(model.spec.events().topic());
                assertThat(letter.getPartition()).isZero();
                assertThat(letter.getOffset()).isEqualTo(offset);
                assertThat(letter.getLength()).isEqualTo(value.length);
                assertThat(letter.getSha256().bytes())
                        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(left));
                assertThat(bytes(letter)).isEqualTo(Arrays.copyOf(left, Math.min(left.length, 262_144)));
            }
        }
        assertThat(letters.hasNext()).isFalse();
    }

    private void assertReplayFindsTheSame(TestModel model) throws IOException {
        Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
        try (var log = new EventLog(client, model.spec, OffsetRange.ALL)) {
            var replay = new Replay(model.spec).run(log, (_, _) -> {});

            assertThat(replay.bad().count())
                    .isEqualTo(events.stream().filter(sent -> !sent.isGood()).count());
            assertThat(replay.trainer().examples()).isEqualTo(model.log().ids.size());
        }
    }

    private static byte[] bytes(DeadLetter letter) {
        var bytes = new byte[letter.getOriginal().remaining()];
        letter.getOriginal().duplicate().get(bytes);
        return bytes;
    }

    private void assertGoodOnesAreLearned(TestModel model) {
        var good = events.stream().filter(Sent::isGood).map(Sent::value).toList();
        var log = model.log();
        var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
        var heldOut = Stream.of("validation", "test")
                .mapToInt(split -> new LogReplay(model.spec, TestBroker.readAll(model.topic(split))).ids.size())
                .sum();

        assertThat(log.ids).isEqualTo(TrainExamples.of(model.spec, good));
        assertThat(log.ids.size() + heldOut).isEqualTo(good.size());
        assertThat(live.header().getTrainer()).isEqualTo(log.state());
        assertThat(live.header().getTrainer().getRefused()).isZero();
        assertThat(live.digestOfCells()).isEqualTo(log.digest());
        assertThat(log.weights()).isNotEmpty().allMatch(Float::isFinite);
    }

    /// A record of another schema, as Avro frames it.
    private static byte[] otherSchema() throws IOException {
        var buffer = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), new Schema.Parser().parse(READING))
                .encode(record(1, "a", 1, 1.0));
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] avro(int id, @Nullable String place, double x, double y) throws IOException {
        var out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(new Schema.Parser().parse(READING))
                .write(record(id, place, x, y), encoder);
        return out.toByteArray();
    }

    private static GenericRecord record(int id, @Nullable String place, double x, double y) {
        var record = new GenericData.Record(new Schema.Parser().parse(READING));
        record.put("id", id);
        record.put("place", place);
        record.put("x", x);
        record.put("y", y);
        return record;
    }

    private static byte[] json(int id) {
        return "{\"id\":%d,\"place\":\"place%d\",\"x\":%d,\"y\":%d}"
                .formatted(id, id % 50, id % 7, id % 3)
                .getBytes(UTF_8);
    }

    /// An event that is right but for its length: a field that nobody reads fills it up.
    private static byte[] padded(int length) {
        var head = "{\"id\":1,\"place\":\"place1\",\"x\":1,\"y\":1,\"note\":\"";
        return (head + "n".repeat(length - head.length() - 2) + "\"}").getBytes(UTF_8);
    }

    private static String readings(String name, String format) {
        var model = TestBroker.unique(name);
        return """
                model: %s
                events: { topic: %s.readings, %s, id: [id] }
                split: { group: [place] }
                label: { field: y, above: 0 }
                features:
                  - { category: place }
                  - { number: x, scale: standard }
                learn: { bits: 12 }
                publish: { every: 100ms }
                """.formatted(model, model, format);
    }
}
