package io.millrace.bench;

import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.Trainer;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.role.TrainRole;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import io.millrace.split.SplitConfig;
import org.apache.kafka.clients.admin.Admin;

/// The trainer alone, examples a second from a full block topic to committed weights, and the replay of that topic:
/// read, checked and learned, no Streams. Every group is in train, so that the topic is as long as can be.
///
/// The trainer's rounds need a new start each: its group and its changelog are removed in between. The first round
/// warms up and does not count; a round begins with the first committed example.
final class TrainerSpeed {
    private static final int MOST = Integer.getInteger("bench.events", 3_000_000);

    private TrainerSpeed() {}

    static void run() throws Exception {
        var shipped = SpecReader.resource("flights.yaml");
        var spec = shipped.withSplit(
                new SplitConfig(shipped.split().group(), shipped.split().salt(), 1, 0, 0));
        var file = FlightFile.find();
        try (var broker = BenchBroker.start()) {
            broker.topics(spec, "main");
            var events = file.events(spec, MOST);
            broker.produce(spec.events().topic(), events);
            long count = events.size();
            try (var roles = new Lineage(spec, broker.settings("main"))) {
                roles.await(count);
            }
            System.out.printf("block topic: %,d examples%n", count);
            var trained = new Rounds("train role alone", "examples/s");
            var replayed = new Rounds("replay of the block topic", "examples/s");
            for (var round = 0; round <= Rounds.COUNT; round++) {
                var replayRate = replay(broker, spec, count);
                var trainRate = train(broker, spec, count);
                System.out.printf("round %d: trained %,.0f, replayed %,.0f%n", round, trainRate, replayRate);
                if (round > 0) {
                    trained.add(trainRate);
                    replayed.add(replayRate);
                }
            }
            trained.print();
            replayed.print();
            System.out.printf("one block again and again, no Kafka: %,.0f examples/s%n", loop(spec, file));
        }
    }
}
