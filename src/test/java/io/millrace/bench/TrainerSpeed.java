package io.millrace.bench;

import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.role.TrainRole;
import io.millrace.spec.Spec;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/// The trainer alone, examples a second from a full block topic to committed weights, and the replay of that topic:
/// read, checked and learned, without Streams. Every group is in train, so that the topic is as long as can be.
///
/// For each round the trainer's group and changelog are removed, so that it starts anew. The first rounds warm up and
/// do not count; a round begins with the first committed example.
final class TrainerSpeed {
    private static final int MOST = Integer.getInteger("bench.events", 3_000_000);

    private TrainerSpeed() {}

    static void run() throws Exception {
        var spec = Specs.everythingInTrain();
        var file = FlightFile.find();
        try (var broker = BenchBroker.start()) {
            broker.topics(spec, "main");
            var count = broker.produce(spec.events().topic(), file.events(spec, MOST));
            try (var roles = new Lineage(spec, broker.settings("main"))) {
                roles.await(count);
            }
            System.out.printf("block topic: %,d examples%n", count);
            var trained = new Rate("train role alone", "examples");
            var replayed = new Rate("replay of the block topic", "examples");
            for (var round = 0; round < Rounds.ALL; round++) {
                replay(broker, spec, count, replayed);
                train(broker, spec, count, trained);
            }
            trained.print();
            replayed.print();
        }
    }

    private static void replay(BenchBroker broker, Spec spec, long count, Rate rate) throws Exception {
        var watch = new Stopwatch();
        try (var log = new BlockLog(broker.client(), spec.topic("main", "train"), OffsetRange.ALL)) {
            var learned = new Replay(spec).run(log, (_, _) -> {}).trainer().examples();
            if (learned != count) {
                throw new IllegalStateException("replayed " + learned + " examples: expected " + count);
            }
        }
        rate.add(count, watch);
    }

    private static void train(BenchBroker broker, Spec spec, long count, Rate rate) throws Exception {
        var application = spec.topic("main", "train");
        try (var admin = Admin.create(broker.client())) {
            admin.deleteConsumerGroups(List.of(application)).all().get();
            admin.deleteTopics(List.of(application + "-cells-changelog")).all().get();
        }
        try (var train = new TrainRole(spec, broker.settings("main"))) {
            train.start();
            Lineage.await(train, 1);
            var watch = new Stopwatch();
            var before = train.progress().snapshot().examples();
            Lineage.await(train, count);
            rate.add(count - before, watch);
        }
    }
}
