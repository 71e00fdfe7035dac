package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.JsonDecoder;
import io.millrace.event.Row;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.model.Following;
import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.model.Publisher;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Flights that a model learns while its trainer is killed again and again, at records and moments of commits in turn.
final class UnderKills {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
    private static final int SLICE = 6_000;
    private static final int ASKED = 500;

    private final int most;
    final List<byte[]> flights;

    /// @param most how often
    UnderKills(int most) {
        this.most = most;
        flights = Flights.first((most + 1) * SLICE);
    }

    /// @return what the log says, once a version that has learned all of it is served
    Replay learn(TestModel model, Following follower, Random random) throws IOException, InterruptedException {
        var moments = Probe.Moment.values();
        var running = new HashMap<String, RoleProcess>();
        try {
            running.put("split", model.process("split"));
            running.put("train", model.process("train"));
            for (var kill = 0; kill < most; kill++) {
                var victim = running.get("train");
                if (kill % 2 == 0) {
                    victim.armRecords(1 + random.nextInt(3));
                } else {
                    victim.armCommit(moments[random.nextInt(moments.length)], 1);
                }
                model.produce(flights.subList(kill * SLICE, (kill + 1) * SLICE));
                victim.awaitMark();
                victim.kill();
                running.put("train", model.process("train"));
            }
            model.produce(flights.subList(most * SLICE, (most + 1) * SLICE));
            model.awaitLearned();
            var replay = replay(model);
            GatedRoles.await("all of it is served").until(() -> serves(follower, replay));
            return replay;
        } finally {
            running.values().forEach(RoleProcess::close);
        }
    }

    private static Replay replay(TestModel model) throws IOException {
        try (var log = new BlockLog(CLIENT, model.topic("train"), OffsetRange.ALL)) {
            return new Replay(log.spec()).run(log, (_, _) -> {});
        }
    }

    static Model version(TestModel model, Replay replay) {
        return Model.of(null, new Publisher(model.spec, "replayed", 0, List.of()).cut(replay.trainer(), 1));
    }

    private static boolean serves(Following follower, Replay replay) {
        var current = follower.current();
        return current != null
                && current.manifest().getExamples() == replay.trainer().examples();
    }

    /// What a server says of the first flights.
    List<Float> answers(int port) throws IOException {
        var instances = flights.subList(0, ASKED).stream()
                .map(flight -> new String(SomeFlights.instance(flight), UTF_8))
                .toList();
        try (var connection = new KeptConnection(port)) {
            var body = "{\"instances\":[" + String.join(",", instances) + "]}";
            var response = connection.post("/invocations", "application/json", body.getBytes(UTF_8));
            assertThat(response.status()).as(response.body()).isEqualTo(200);
            return java.util.regex.Pattern.compile("\"score\":([^,}]+)")
                    .matcher(response.body())
                    .results()
                    .map(score -> Float.valueOf(score.group(1)))
                    .toList();
        }
    }

    /// What a version predicts for the same.
    List<Float> predictions(TestModel model, Model version) {
        var fields = model.spec.fields();
        var decoder = new JsonDecoder(fields);
        var row = new Row(fields);
        var predictor = new Predictor(model.spec);
        var predictions = new ArrayList<Float>();
        for (var flight : flights.subList(0, ASKED)) {
            var instance = SomeFlights.instance(flight);
            decoder.decode(instance, 0, instance.length, row);
            predictions.add(predictor.predict(row, version)[0]);
        }
        return predictions;
    }
}
