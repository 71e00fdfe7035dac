package io.millrace.bench;

import io.millrace.replay.EventLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// End to end: events a second from a full topic to committed weights, beside a plain consumer that reads the same
/// topic and does nothing. Split and train run in this JVM, the broker in one of its own; all on the same cores.
///
/// Each round is a new lineage from the beginning of the topic, and a new consumer. The first rounds of both warm up
/// and do not count. A round of learning begins with its first committed example, so that joining a group does not
/// count; what came with that first commit is not counted either.
final class Speed {
    private static final int MOST = Integer.getInteger("bench.events", 3_000_000);

    private Speed() {}

    static void run() throws Exception {
        var spec = Specs.flights();
        var file = FlightFile.find();
        try (var broker = BenchBroker.start()) {
            broker.topics(spec, "main");
            var count = broker.produce(spec.events().topic(), file.events(spec, MOST));
            var examples = examples(broker, spec);
            System.out.printf("topic: %,d events, %,d of them in train%n", count, examples);
            var learned = new Rate("split and train, end to end", "events");
            var read = new Rate("a plain consumer", "events");
            for (var round = 0; round < Rounds.ALL; round++) {
                consume(broker, spec, count, read);
                learn(broker, spec, "round-" + round, (double) count / examples, examples, learned);
            }
            learned.print();
            read.print();
            learned.printRatio(read);
        }
    }

    private static long examples(BenchBroker broker, Spec spec) throws IOException {
        try (var log = new EventLog(broker.client(), spec, OffsetRange.ALL)) {
            return new Replay(spec).run(log, (_, _) -> {}).trainer().examples();
        }
    }

    /// @param share events for one example of the train split
    private static void learn(BenchBroker broker, Spec spec, String lineage, double share, long examples, Rate rate) {
        broker.topics(spec, lineage);
        try (var roles = new Lineage(spec, broker.settings(lineage))) {
            roles.await(1);
            var watch = new Stopwatch();
            var before = roles.examples();
            roles.await(examples);
            rate.add(Math.round((examples - before) * share), watch);
        }
    }

    private static void consume(BenchBroker broker, Spec spec, long count, Rate rate) {
        Map<String, Object> config = new HashMap<>(broker.client());
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(spec.events().topic(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var first = consumer.poll(Duration.ofSeconds(10)).count();
            var watch = new Stopwatch();
            long read = first;
            while (read < count) {
                read += consumer.poll(Duration.ofSeconds(10)).count();
            }
            rate.add(count - first, watch);
        }
    }
}
