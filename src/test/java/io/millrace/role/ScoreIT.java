package io.millrace.role;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Row;
import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.schema.Prediction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every valid event is scored once, by the version that its prediction names, also when the scorer is killed.
class ScoreIT {
    private static final int CHUNK = 4_000;

    @TempDir
    Path dir;

    @Test
    void every_valid_event_has_one_prediction_by_the_version_it_names() throws Exception {
        // without id fields the place of an event is its id
        var yaml = TestModel.flights("score", "{ every: 50ms, keep: 100000 }").replaceFirst("(?m)^  id: .*\n", "");
        try (var model = new TestModel(dir, yaml, 2, Map.of());
                var _ = new LiveRoles(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE, dir)) {
            var events = events();
            model.produce(events.subList(0, CHUNK));
            for (var kill = 1; kill <= 3; kill++) {
                scoreAndDie(model, kill, events.subList(kill * CHUNK, (kill + 1) * CHUNK));
            }
            try (var _ = model.process("score")) {
                for (var from = 4 * CHUNK; from < 5 * CHUNK; from += CHUNK / 8) {
                    model.produce(events.subList(from, from + CHUNK / 8));
                    model.awaitEvents("score");
                }
                model.awaitLearned();
            }

            assertAllScoredOnce(model, CHUNK * 5);
        }
    }

    private static List<byte[]> events() {
        var events = Flights.first(5 * CHUNK);
        for (var i = 0; i < events.size(); i++) {
            if (i % 10 == 3) {
                events.set(i, SomeFlights.unlabelled(events.get(i)));
            } else if (isBad(i)) {
                events.set(i, SomeFlights.truncated(events.get(i)));
            }
        }
        return events;
    }

    private static boolean isBad(int i) {
        return i % 50 == 7;
    }

    /// Once among records, then at two moments of a commit.
    private static void scoreAndDie(TestModel model, int kill, List<byte[]> events) throws Exception {
        try (var score = model.process("score")) {
            switch (kill) {
                case 1 -> score.armRecords(1_000);
                case 2 -> score.armCommit(Probe.Moment.BEFORE, 1);
                default -> score.armCommit(Probe.Moment.OFFSETS, 1);
            }
            model.produce(events);
            score.awaitMark();
            score.kill();
        }
    }

    private static void assertAllScoredOnce(TestModel model, int events) {
        var sent = new HashMap<String, byte[]>();
        for (var record : TestBroker.readAll(model.spec.events().topic())) {
            // events went to the two partitions in turn
            if (!isBad((int) (record.offset() * 2 + record.partition()))) {
                sent.put(record.topic() + "-" + record.partition() + "-" + record.offset(), record.value());
            }
        }
        var predictions = TestBroker.readAll(model.spec.topic("predictions")).stream()
                .map(record -> Wire.decode(Prediction.getDecoder(), record.value()))
                .toList();

        assertThat(sent).hasSize(events - events / 50);
        assertThat(predictions).extracting(Prediction::getId).containsExactlyInAnyOrderElementsOf(sent.keySet());
        assertThat(predictions).extracting(Prediction::getLineage).containsOnly(TestModel.LINEAGE);
        assertScores(model, predictions, sent);
    }

    private static void assertScores(TestModel model, List<Prediction> predictions, Map<String, byte[]> sent) {
        var offline = new Offline(model, sent);
        var byVersion = predictions.stream().collect(groupingBy(Prediction::getVersion));
        var versions = new ArrayList<Long>();
        Versions.read(model, version -> {
            for (var prediction : byVersion.getOrDefault(version.manifest().getVersion(), List.of())) {
                assertThat(prediction.getScore())
                        .as("score of %s by %s", prediction.getId(), version.name())
                        .isEqualTo(offline.score(prediction.getId(), version));
                assertThat(prediction.getTime()).isEqualTo(offline.time(prediction.getId()));
            }
            versions.add(version.manifest().getVersion());
        });
        assertThat(versions).containsAll(byVersion.keySet());
        assertThat(byVersion).hasSizeGreaterThan(3);
    }

    /// What an event's prediction must be.
    private record Offline(
            Predictor predictor, io.millrace.event.EventReading reading, Row row, Map<String, byte[]> events) {
        Offline(TestModel model, Map<String, byte[]> events) {
            var fields = model.spec.fields();
            this(new Predictor(model.spec), model.spec.reading(fields), new Row(fields), events);
        }

        private void decode(String id) {
            var value = events.get(id);
            reading.decoder().decode(value, 0, value.length, row);
        }

        double score(String id, Model version) {
            decode(id);
            return predictor.predict(row, version)[0];
        }

        long time(String id) {
            return SomeFlights.read(events.get(id)).getDate() * 60_000;
        }
    }
}
