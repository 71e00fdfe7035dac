package io.millrace.bench;

import io.millrace.replay.EventLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.HashMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// End to end: events a second from a full topic to committed weights, beside a plain consumer that reads the same
/// topic and does nothing. Split and train run in this JVM, the broker in one of its own; all on the same cores.
///
/// Each round is a new lineage from the beginning of the topic, and a new consumer. The first round of both warms up
/// and does not count. A round of learning begins with its first committed example, so that joining a group does not
/// count; what came with that first commit is not counted either.
final class Speed {
    private static final int MOST = Integer.getInteger("bench.events", 3_000_000);

    private Speed() {}

    static void run() throws Exception {
        var spec = SpecReader.resource("flights.yaml");
        var file = FlightFile.find();
        try (var broker = BenchBroker.start()) {
            broker.topics(spec, "main");
            var events = file.events(spec, MOST);
            broker.produce(spec.events().topic(), events);
            var count = events.size();
            events = List.of();
            var examples = examples(broker, spec);
            System.out.printf("topic: %,d events, %,d of them in train%n", count, examples);
            var learned = new Rounds("split + train, end to end", "events/s");
            var read = new Rounds("a plain consumer", "events/s");
            for (var round = 0; round <= Rounds.COUNT; round++) {
                var consumerRate = consume(broker, spec, count);
                var learnRate = learn(broker, spec, "round-" + round, examples) * count / examples;
                System.out.printf("round %d: learned %,.0f, consumed %,.0f%n", round, learnRate, consumerRate);
                if (round > 0) {
                    learned.add(learnRate);
                    read.add(consumerRate);
                }
            }
            learned.print();
            read.print();
            System.out.printf("%-42s %14.2f%n", "ratio", learned.median() / read.median());
        }
    }

    private static long examples(BenchBroker broker, Spec spec) throws IOException {
        try (var log = new EventLog(broker.client(), spec, OffsetRange.ALL)) {
            return new Replay(spec).run(log, (_, _) -> {}).trainer().examples();
        }
    }

    private static double learn(BenchBroker broker, Spec spec, String lineage, long examples) {
        broker.topics(spec, lineage);
        try (var roles = new Lineage(spec, broker.settings(lineage))) {
            var start = roles.await(1);
            var before = roles.examples();
            return (examples - before) / ((roles.await(examples) - start) / 1e9);
        }
    }

    private static double consume(BenchBroker broker, Spec spec, long count) {
        Map<String, Object> config = new HashMap<>(broker.client());
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(spec.events().topic(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var first = consumer.poll(Duration.ofSeconds(10)).count();
            var start = System.nanoTime();
            long read = first;
            while (read < count) {
                read += consumer.poll(Duration.ofSeconds(10)).count();
            }
            return (count - first) / ((System.nanoTime() - start) / 1e9);
        }
    }
}
