package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.schema.Block;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Command;
import io.millrace.schema.CommandKind;
import io.millrace.schema.StateHeader;
import io.millrace.schema.StatePage;
import io.millrace.schema.StateRecord;
import io.millrace.schema.TrainRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Topics made anew, records and offsets that are gone, a changelog that is broken: a role stops and says what to do,
/// since to go on would learn twice, or leave something out, and never tell.
class LostIT {
    private static final String SERVERS = TestBroker.bootstrapServers();
    private static final int EVENTS = 3_000;

    @TempDir
    Path dir;

    private final List<byte[]> flights = Flights.first(2 * EVENTS);
    private TestModel model;

    @BeforeEach
    void learn() throws IOException {
        model = new TestModel(dir, TestModel.flights("lost", "{ every: 100ms }"), 2, Map.of());
        model.produce(flights.subList(0, EVENTS));
        try (var _ = new LiveRoles(SERVERS, model.spec, TestModel.LINEAGE, dir)) {
            model.awaitLearned();
        }
    }

    @AfterEach
    void close() {
        model.close();
    }

    private RoleSettings settings() {
        return RoleSettings.of(Map.of("bootstrap.servers", SERVERS), TestModel.LINEAGE, dir, new SimpleMeterRegistry());
    }

    private String events() {
        return model.spec.events().topic();
    }

    private TopicPartition log() {
        return new TopicPartition(model.topic("train"), 0);
    }

    private TopicPartition changelog() {
        return new TopicPartition(model.topic("train") + "-cells-changelog", 0);
    }

    private static RoleException reason(CompletableFuture<Void> failure) {
        Awaitility.await("the role gives up").atMost(Duration.ofMinutes(1)).until(failure::isCompletedExceptionally);
        return (RoleException) failure.exceptionNow();
    }

    @Nested
    class A_gate {
        private final Map<String, Object> client = Map.of("bootstrap.servers", SERVERS);

        /// Pins the first version, and ends.
        @BeforeEach
        void pin_a_version() {
            try (var gate = new GateRole(model.spec, settings())) {
                gate.start();
                var command = Command.newBuilder()
                        .setId("pin")
                        .setKind(CommandKind.PIN)
                        .setVersion(1L)
                        .setBy("a test")
                        .setWhy("to see")
                        .build();
                GatedRoles.send(model.spec, command);
                GatedRoles.await("pinned")
                        .until(() -> gate.progress().snapshot().champion().getMode() == ChampionMode.PINNED);
            }
        }

        private String refusal() {
            try (var gate = new GateRole(model.spec, settings())) {
                gate.start();
                return String.valueOf(reason(gate.failure()).getMessage());
            }
        }

        private String anew() {
            return "delete %1$s.gate, %1$s.champion, %1$s.commands, %1$s.decisions, %1$s.judgements while no gate runs"
                    .formatted(model.spec.model());
        }

        @Test
        void does_not_obey_every_command_again_where_its_state_was_lost() {
            Tampering.recreate(model.spec.topic("gate"), Map.of("cleanup.policy", "compact"));

            assertThat(refusal())
                    .isEqualTo(model.spec.topic("gate") + " holds no state, but " + model.spec.topic("decisions")
                            + " is not empty: the state was lost. Restore the topic, or start a new history of the gate: "
                            + anew());
        }

        @Test
        void does_not_wait_for_commands_in_a_topic_made_anew() {
            Tampering.recreate(model.spec.topic("commands"), Map.of());

            assertThat(refusal())
                    .startsWith(
                            model.spec.topic("commands") + " ends at offset 0, but the gate has obeyed it to offset 1")
                    .endsWith(anew());
        }

        @Test
        void says_again_what_serves_where_the_champion_was_lost() {
            Tampering.recreate(model.spec.topic("champion"), Map.of("cleanup.policy", "compact"));

            try (var gate = new GateRole(model.spec, settings());
                    var server = new ChampionFollower(client, model.spec, TestModel.LINEAGE, _ -> {})) {
                gate.start();
                GatedRoles.await("the pinned version serves")
                        .until(() -> server.champion().getMode() == ChampionMode.PINNED
                                && server.current() != null
                                && server.current().manifest().getVersion() == 1);
            }
        }

        @Test
        void is_heard_though_what_comes_after_can_not_be_read() {
            TestBroker.produceAll(List.of(
                    new ProducerRecord<>(model.spec.topic("champion"), 0, new byte[] {1}, new byte[] {1, 2, 3})));

            try (var server = new ChampionFollower(client, model.spec, TestModel.LINEAGE, _ -> {})) {
                GatedRoles.await("the pinned version serves")
                        .until(() -> server.current() != null
                                && server.current().manifest().getVersion() == 1);

                assertThat(server.refused()).isEqualTo(1);
            }
        }
    }

    @Nested
    class A_split {
        private void refuses(String start) {
            assertThatThrownBy(() -> new SplitRole(model.spec, settings()).close())
                    .isInstanceOf(RoleException.class)
                    .hasMessageStartingWith(start)
                    .hasMessageEndingWith("start a new lineage with --lineage");
        }

        @Test
        void does_not_go_on_with_an_events_topic_made_anew() {
            var id = Tampering.id(events());

            Tampering.recreate(events(), Map.of("retention.ms", "-1"));
            model.produce(flights);

            refuses(model.topic("train") + " holds events of a topic " + events() + " with id " + id + ": found "
                    + Tampering.id(events()) + ". The topic was made anew");
        }

        @Test
        void does_not_go_on_with_one_block_topic_made_anew() {
            Tampering.recreate(model.topic("train"), Map.of("retention.ms", "-1"));

            refuses(model.topic("train") + " has no record, but " + model.topic("validation") + ", "
                    + model.topic("test") + " has: expected all to begin together");
        }

        @Test
        void does_not_go_on_with_all_block_topics_made_anew() {
            for (var word : List.of("train", "validation", "test")) {
                Tampering.recreate(model.topic(word), Map.of("retention.ms", "-1"));
            }

            refuses("group " + model.topic("split") + " has committed offsets, but " + model.topic("train")
                    + " and the topics beside it have no record: the log was lost");
        }

        @Test
        void does_not_begin_where_its_log_has_been_already() {
            var partition = new TopicPartition(events(), 1);

            Tampering.moveOffset(model.topic("split"), partition, 100);

            refuses("group " + model.topic("split") + " stands at offset 100 of " + partition + ", but "
                    + model.topic("train") + " holds its events up to offset ");
        }

        @Test
        void does_not_go_on_where_its_log_knows_more_events_than_there_are() {
            var partition = new TopicPartition(events(), 0);
            var end = Tampering.end(partition);
            var flight = flights.getFirst();
            var splitter = model.spec.splitter(
                    TestModel.LINEAGE,
                    events(),
                    0,
                    (split, block) -> TestBroker.produceAll(List.of(new ProducerRecord<>(
                            model.topic(split.word()),
                            Wire.encode(TrainRecord.getEncoder(), new TrainRecord(block))))));
            splitter.accept(flight, 0, flight.length, end, 0);
            splitter.flush();

            assertThatThrownBy(() -> new SplitRole(model.spec, settings()).close())
                    .isInstanceOf(RoleException.class)
                    .hasMessageStartingWith(partition + " ends at offset " + end + ", but " + model.topic(""))
                    .hasMessageEndingWith(" holds its events up to offset " + end
                            + ". The topic lost records or was made anew; start a new lineage with --lineage");
        }

        @Test
        void stops_where_events_were_deleted_before_it_read_them() {
            var partition = new TopicPartition(events(), 0);
            model.produce(flights.subList(EVENTS, 2 * EVENTS));
            Tampering.deleteRecords(partition, Tampering.end(partition));
            try (var split = new SplitRole(model.spec, settings())) {
                split.start();

                assertThat(reason(split.failure()))
                        .hasMessageStartingWith(model.topic("split") + " stands at offsets of [" + partition
                                + "] that are no longer there: records it has not read were deleted");
            }
        }
    }

    @Nested
    class A_trainer {
        private RoleException refusal() {
            try (var train = new TrainRole(model.spec, settings())) {
                train.start();
                return reason(train.failure());
            }
        }

        @Test
        void does_not_go_on_with_a_train_topic_made_anew() {
            var id = Tampering.id(log().topic());

            Tampering.recreate(log().topic(), Map.of("retention.ms", "-1"));

            assertThat(refusal())
                    .hasMessage(changelog().topic() + " was learned from a topic " + log().topic() + " with id " + id
                            + ": found " + Tampering.id(log().topic())
                            + ". The topic was made anew; start a new lineage with --lineage");
        }

        @Test
        void stops_where_blocks_were_deleted_before_it_read_them() {
            splitMore();
            try (var train = new TrainRole(model.spec, settings())) {
                Tampering.deleteRecords(log(), Tampering.end(log()));
                train.start();

                assertThat(reason(train.failure()))
                        .hasMessageStartingWith(model.topic("train") + " stands at offsets of [" + log()
                                + "] that are no longer there: records it has not read were deleted");
            }
        }

        @Test
        void does_not_skip_blocks_when_its_offset_is_moved_forward() {
            var end = Tampering.end(log());
            splitMore();
            splitMore();
            var blocks = TestBroker.readAll(log().topic());
            Tampering.moveOffset(model.topic("train"), log(), blocks.getLast().offset());

            assertThat(refusal())
                    .hasMessageStartingWith(log().topic() + " goes on at offset "
                            + blocks.getLast().offset() + ", but the state stands at ")
                    .hasMessageContaining("and there are records between");
            assertThat(blocks.getLast().offset()).isGreaterThan(end);
        }

        @Test
        void does_not_begin_at_nothing_when_its_changelog_is_lost() {
            Tampering.recreate(changelog().topic(), Map.of("cleanup.policy", "compact"));
            splitMore();

            assertThat(refusal())
                    .hasMessageStartingWith(log().topic() + " goes on at offset ")
                    .hasMessageContaining(
                            ", but the state stands at 0 and there are records between." + " The changelog was lost");
        }

        @Test
        void does_not_go_on_without_a_page_of_its_state() {
            var page = page();
            send(new ProducerRecord<>(
                    changelog().topic(), 0, page.key(), Wire.encode(StateRecord.getEncoder(), empty(page))));

            assertThat(refusal())
                    .hasMessageStartingWith(changelog().topic() + " gives cells of digest ")
                    .hasMessageContaining(": expected ")
                    .hasMessageEndingWith("Some of it was lost; start a new lineage with --lineage");
        }

        @Test
        void does_not_go_on_with_a_page_that_is_broken() {
            var page = page();
            var broken = page.value().clone();
            broken[broken.length - 1] ^= 1; // the checksum is the last field
            send(new ProducerRecord<>(changelog().topic(), 0, page.key(), broken));

            assertThat(refusal()).hasMessageStartingWith(changelog().topic() + " holds a broken record: ");
        }

        @Test
        void does_not_go_on_with_state_of_another_spec() {
            var record = header();
            var header = (StateHeader) body(record);
            var other = StateHeader.newBuilder(header)
                    .setSpecHash(header.getSpecHash() + 1)
                    .build();
            send(new ProducerRecord<>(
                    changelog().topic(),
                    0,
                    record.key(),
                    Wire.encode(StateRecord.getEncoder(), new StateRecord(other))));

            assertThat(refusal())
                    .hasMessage(changelog().topic() + " was learned by spec " + LogOpening.hex(other.getSpecHash())
                            + ": expected " + LogOpening.hex(model.spec.hash())
                            + ". The spec has changed; go back to the old one, or start a new lineage with --lineage");
        }

        @Test
        void does_not_learn_a_block_that_a_second_split_wrote_again() {
            var block = lastBlock();
            var end = append(block);
            var source = block.getTopic() + "-" + block.getPartition();

            assertThat(refusal())
                    .hasMessage(log().topic() + " offset " + end + ": block of " + source + " begins at "
                            + block.getFirstOffset() + ", but " + block.getLastOffset()
                            + " was learned already. Two splits wrote to one log");
        }

        @Test
        void does_not_learn_a_block_of_another_lineage() {
            var end = append(
                    Block.newBuilder(next(lastBlock())).setLineage("other").build());

            refusesBlock(end, "other", model.spec.hash());
        }

        @Test
        void does_not_learn_a_block_of_another_spec() {
            var hash = model.spec.hash() + 1;
            var end =
                    append(Block.newBuilder(next(lastBlock())).setSpecHash(hash).build());

            refusesBlock(end, TestModel.LINEAGE, hash);
        }

        private void refusesBlock(long offset, String lineage, long hash) {
            assertThat(refusal())
                    .hasMessage(log().topic() + " offset " + offset + ": block of lineage " + lineage + ", spec "
                            + LogOpening.hex(hash) + ": expected " + TestModel.LINEAGE + ", spec "
                            + LogOpening.hex(model.spec.hash()));
        }

        private Block lastBlock() {
            return TestBroker.readAll(log().topic()).stream()
                    .map(record -> Wire.decode(TrainRecord.getDecoder(), record.value())
                            .getBody())
                    .filter(Block.class::isInstance)
                    .map(Block.class::cast)
                    .reduce((one, next) -> next)
                    .orElseThrow();
        }

        /// The block with offsets of events that were not learned.
        private static Block next(Block block) {
            var by = block.getLastOffset() - block.getFirstOffset() + 1;
            return Block.newBuilder(block)
                    .setFirstOffset(block.getFirstOffset() + by)
                    .setLastOffset(block.getLastOffset() + by)
                    .build();
        }

        /// Appends to the log what no split of this lineage has made.
        ///
        /// @return the offset of the block
        private long append(Block block) {
            var offset = Tampering.end(log());
            send(new ProducerRecord<>(
                    log().topic(), 0, null, Wire.encode(TrainRecord.getEncoder(), new TrainRecord(block))));
            return offset;
        }

        /// More blocks that no trainer reads.
        private void splitMore() {
            model.produce(flights.subList(EVENTS, 2 * EVENTS));
            try (var split = new SplitRole(model.spec, settings())) {
                split.start();
                model.awaitEvents("split");
            }
        }

        /// A page of the state with cells in it.
        private ConsumerRecord<byte[], byte[]> page() {
            return TestBroker.readAll(changelog().topic()).stream()
                    .filter(record -> body(record) instanceof StatePage page && page.getCount() > 0)
                    .reduce((one, next) -> next)
                    .orElseThrow();
        }

        private ConsumerRecord<byte[], byte[]> header() {
            return TestBroker.readAll(changelog().topic()).stream()
                    .filter(record -> body(record) instanceof StateHeader)
                    .reduce((one, next) -> next)
                    .orElseThrow();
        }

        private static StateRecord empty(ConsumerRecord<byte[], byte[]> record) {
            var page = (StatePage) body(record);
            var cells = new io.millrace.learn.Cells(18, page.getStride());
            return new StateRecord(io.millrace.model.CellCodec.encode(cells, page.getPage()));
        }

        private static Object body(ConsumerRecord<byte[], byte[]> record) {
            return Wire.decode(StateRecord.getDecoder(), record.value()).getBody();
        }

        private static void send(ProducerRecord<byte[], byte[]> record) {
            TestBroker.produceAll(List.of(record));
        }
    }
}
