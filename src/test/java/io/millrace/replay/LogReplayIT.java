package io.millrace.replay;

import static io.millrace.replay.FlightFiles.SPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.EventsConfig;
import io.millrace.event.EventsConfig.Format;
import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.schema.Block;
import io.millrace.schema.Control;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReplayIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
    private static final List<String> ROWS = FlightFiles.rows(10_000, 4);

    @TempDir
    private Path folder;

    private final String topic = TestBroker.unique("replayed");

    private Replay expected(List<String> rows) throws IOException {
        var file = FlightFiles.write(folder.resolve("expected.csv"), rows);
        try (var source = new FileSource(SPEC, List.of(file), OffsetRange.ALL, Map.of())) {
            return new Replay(SPEC).run(source, (_, _) -> {});
        }
    }

    private List<byte[]> values(List<String> rows) throws IOException {
        return FlightFiles.values(FlightFiles.write(folder.resolve("values.csv"), rows), Format.AVRO);
    }

    private static Replay replay(Spec spec, Source source) throws IOException {
        try (source) {
            return new Replay(spec).run(source, (_, _) -> {});
        }
    }

    @Nested
    class A_block_topic {
        private List<Block> blocks() throws IOException {
            var blocks = new ArrayList<Block>();
            var splitter = SPEC.splitter("main", "flights", 0, (split, block) -> {
                if (split == Split.TRAIN) {
                    blocks.add(block);
                }
            });
            var offset = 0;
            for (var value : values(ROWS)) {
                splitter.accept(value, 0, value.length, offset++, 0);
            }
            splitter.flush();
            return blocks;
        }

        private void write(Object... bodies) {
            TestBroker.createTopic(topic, 1, Map.of());
            TestBroker.produceAll(Arrays.stream(bodies).map(this::record).toList());
        }

        private ProducerRecord<byte[], byte[]> record(Object body) {
            return new ProducerRecord<>(topic, 0, null, Wire.encode(TrainRecord.getEncoder(), new TrainRecord(body)));
        }

        private static Control opening() {
            return new Control("main", SPEC.hash(), SPEC.toJson(), "test", "");
        }

        private Object[] log() throws IOException {
            var log = new ArrayList<Object>(blocks());
            log.addFirst(opening());
            return log.toArray();
        }

        private BlockLog open(OffsetRange range) {
            return new BlockLog(CLIENT, topic, range);
        }

        @Test
        void gives_the_bits_of_the_events_it_was_made_of() throws IOException {
            write(log());

            var replay = replay(SPEC, open(OffsetRange.ALL));

            assertThat(replay.trainer().digest())
                    .isEqualTo(expected(ROWS).trainer().digest());
            assertThat(replay.trainer().state())
                    .isEqualTo(expected(ROWS).trainer().state());
            assertThat(replay.logOffset()).isEqualTo(log().length);
        }

        @Test
        void gives_its_spec() throws IOException {
            write(log());

            try (var log = open(OffsetRange.ALL)) {
                assertThat(log.spec()).isEqualTo(SPEC);
            }
        }

        @Test
        void is_read_from_offset_to_offset() throws IOException {
            var log = log();
            write(log);

            var replay = replay(SPEC, open(new OffsetRange(OptionalLong.of(2), OptionalLong.of(4))));

            assertThat(replay.trainer().examples())
                    .isEqualTo(((Block) log[2]).getCount() + ((Block) log[3]).getCount());
            assertThat(replay.logOffset()).isEqualTo(4);
        }

        @Test
        void is_read_to_the_end_it_had_at_the_start() throws IOException {
            var log = log();
            write(Arrays.copyOf(log, 4));

            Replay replay;
            try (var source = open(OffsetRange.ALL)) {
                TestBroker.produceAll(List.of(record(log[4])));
                replay = new Replay(SPEC).run(source, (_, _) -> {});
            }

            assertThat(replay.logOffset()).isEqualTo(4);
        }

        @Test
        void is_read_without_what_was_not_committed() throws IOException {
            var log = log();
            write(Arrays.copyOf(log, 2));
            Map<String, Object> config =
                    Map.of("bootstrap.servers", TestBroker.bootstrapServers(), "transactional.id", topic);
            try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                var _ = producer.send(record(log[2]));
                producer.flush();
                producer.abortTransaction();
            }

            var replay = replay(SPEC, open(OffsetRange.ALL));

            assertThat(replay.trainer().examples()).isEqualTo(((Block) log[1]).getCount());
        }

        @Test
        void does_not_hold_offsets_beyond_its_end() throws IOException {
            write(log());

            assertThatThrownBy(() -> open(new OffsetRange(OptionalLong.empty(), OptionalLong.of(1_000))))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage(
                            "offsets 0 to 1000 are not in " + topic + ": expected a range within 0 to " + log().length);
        }

        @Test
        void may_be_learned_otherwise() throws IOException {
            write(log());
            var slow = SPEC.withLearn(new LearnConfig(
                    SPEC.learn().loss(),
                    new OptimizerConfig(OptimizerKind.SGD, 0.01, 0),
                    SPEC.learn().bits()));

            try (var log = open(OffsetRange.ALL)) {
                assertThat(log.spec(slow).learn()).isEqualTo(slow.learn());
            }
        }

        @Test
        void may_not_be_learned_with_other_features() throws IOException {
            write(log());
            var fewer = new Spec(
                    SPEC.model(),
                    SPEC.events(),
                    SPEC.split(),
                    SPEC.label(),
                    SPEC.features().subList(0, 2),
                    SPEC.learn(),
                    SPEC.publish(),
                    SPEC.gate(),
                    SPEC.schemaText());

            try (var log = open(OffsetRange.ALL)) {
                assertThatThrownBy(() -> log.spec(fewer))
                        .isInstanceOf(ReplayException.class)
                        .hasMessage(topic
                                + " was written under another spec: expected one that differs in learn.loss, learn.learner and learn.optimizer at most\n"
                                + "  Replay the events instead, with --read events, or start a new lineage.");
            }
        }

        @Test
        void must_begin_with_its_spec() throws IOException {
            write(blocks().getFirst());

            assertThatThrownBy(() -> open(OffsetRange.ALL))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage(topic + " begins with a block: expected a record with its spec");
        }

        @Test
        void must_hold_something() {
            write();

            assertThatThrownBy(() -> open(OffsetRange.ALL))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage(topic + " is empty: expected a record with its spec");
        }

        @Test
        void must_be_there() {
            assertThatThrownBy(() -> open(OffsetRange.ALL))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage("topic " + topic + " does not exist: expected one to replay");
        }

        @Test
        void must_have_one_partition() {
            TestBroker.createTopic(topic, 2, Map.of());

            assertThatThrownBy(() -> open(OffsetRange.ALL))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage("topic " + topic + " has 2 partitions: expected 1, as block topics have");
        }

        @Test
        void must_not_hold_a_block_twice() throws IOException {
            var block = blocks().getFirst();
            write(opening(), block, block);

            assertThatThrownBy(() -> replay(SPEC, open(OffsetRange.ALL)))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage(topic + " offset 2: block of flights-0 begins at " + block.getFirstOffset()
                            + ": expected an offset after " + block.getLastOffset()
                            + ", so that no example is there twice");
        }

        @Test
        void must_hold_records_of_the_train_schema() {
            TestBroker.createTopic(topic, 1, Map.of());
            TestBroker.produceAll(List.of(new ProducerRecord<>(topic, 0, null, new byte[] {1, 2, 3})));

            assertThatThrownBy(() -> open(OffsetRange.ALL))
                    .isInstanceOf(ReplayException.class)
                    .hasMessageStartingWith(topic + " offset 0 is not a record of its schema");
        }
    }

    @Nested
    class An_events_topic {
        private final Spec spec = new Spec(
                SPEC.model(),
                new EventsConfig(
                        topic,
                        SPEC.events().format(),
                        SPEC.events().schema(),
                        SPEC.events().id(),
                        SPEC.events().time(),
                        SPEC.events().redact()),
                SPEC.split(),
                SPEC.label(),
                SPEC.features(),
                SPEC.learn(),
                SPEC.publish(),
                SPEC.gate(),
                SPEC.schemaText());

        /// After every event: none of them is ahead of its record.
        private static final long WRITTEN = 1_000_000_000_000L;

        /// Writes event `i` to partition `partitions[i % …]` with a timestamp of [#WRITTEN] and `i`.
        private void write(int... partitions) throws IOException {
            TestBroker.createTopic(
                    topic, Arrays.stream(partitions).max().orElseThrow() + 1, Map.of("retention.ms", "-1"));
            var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
            var values = values(ROWS);
            for (var i = 0; i < values.size(); i++) {
                records.add(new ProducerRecord<>(
                        topic, partitions[i % partitions.length], WRITTEN + i, null, values.get(i)));
            }
            TestBroker.produceAll(records);
        }

        private EventLog open(OffsetRange range) {
            return new EventLog(CLIENT, spec, range);
        }

        @Test
        void gives_the_bits_of_the_same_events_in_a_file() throws IOException {
            write(0);

            var replay = replay(spec, open(OffsetRange.ALL));

            assertThat(replay.trainer().digest())
                    .isEqualTo(expected(ROWS).trainer().digest());
            assertThat(replay.validation()).isEqualTo(expected(ROWS).validation());
            assertThat(replay.logOffset()).isEqualTo(10_000);
        }

        @Test
        void is_merged_by_time_where_it_has_several_partitions() throws IOException {
            write(2, 0, 0, 1, 2, 2, 2, 2, 0);

            var replay = replay(spec, open(OffsetRange.ALL));

            assertThat(replay.trainer().digest())
                    .isEqualTo(expected(ROWS).trainer().digest());
            assertThat(replay.trainer().state())
                    .isEqualTo(expected(ROWS).trainer().state());
        }

        @Test
        void is_read_from_offset_to_offset() throws IOException {
            write(0);

            var replay = replay(spec, open(new OffsetRange(OptionalLong.of(100), OptionalLong.of(5_000))));

            assertThat(replay.trainer().digest())
                    .isEqualTo(expected(ROWS.subList(100, 5_000)).trainer().digest());
        }

        @Test
        void takes_no_offsets_where_it_has_several_partitions() throws IOException {
            write(0, 1);

            assertThatThrownBy(() -> open(new OffsetRange(OptionalLong.of(1), OptionalLong.empty())))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage("topic " + topic
                            + " has 2 partitions: expected 1, as an offset range was given. Use a time range");
        }

        @Test
        void keeps_few_bytes_of_a_partition_that_waits_for_another() throws IOException {
            TestBroker.createTopic(topic, 2, Map.of("retention.ms", "-1"));
            var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
            values(ROWS).forEach(value -> records.add(new ProducerRecord<>(topic, 0, WRITTEN + 1, null, value)));
            for (var i = 0; i < 80; i++) {
                records.add(new ProducerRecord<>(topic, 1, WRITTEN + 2, null, new byte[900_000]));
            }
            TestBroker.produceAll(records);
            var slow = new HashMap<>(CLIENT);
            slow.put("max.poll.records", 50);

            var most = 0L;
            var replay = new Replay(spec);
            try (var log = new EventLog(slow, spec, OffsetRange.ALL)) {
                while (log.advance(replay)) {
                    most = Math.max(most, log.waitingBytes());
                }
            }

            assertThat(most).as("of 72 MB").isBetween(1L, 40_000_000L);
            assertThat(replay.bad().count()).isEqualTo(80);
        }

        @Test
        void may_be_empty() throws IOException {
            TestBroker.createTopic(topic, 2, Map.of());

            assertThat(replay(spec, open(OffsetRange.ALL)).trainer().examples()).isZero();
        }

        @Test
        void counts_events_that_are_none() throws IOException {
            TestBroker.createTopic(topic, 1, Map.of());
            TestBroker.produceAll(List.of(
                    new ProducerRecord<>(topic, 0, null, new byte[] {1}), new ProducerRecord<>(topic, 0, null, null)));

            var replay = replay(spec, open(OffsetRange.ALL));

            assertThat(replay.bad().count()).isEqualTo(2);
            assertThat(replay.bad().reasons().getFirst()).startsWith(topic + "-0 offset 0: ");
        }
    }
}
