package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.schema.DeadLetter;
import io.millrace.split.Split;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// One event in ten is garbage, at full rate: every one of them is a dead letter, the others are learned, and the log
/// stays short.
///
/// `-Dmillrace.seed=N` repeats a run.
class GarbageIT {
    private static final long SEED = Long.getLong("millrace.seed", System.nanoTime() & 0xffff);
    private static final int EVENTS = 100_000;
    private static final int PARTITIONS = 2;

    @TempDir
    Path dir;

    private final Random random = new Random(SEED);

    @Test
    void is_kept_apart_event_by_event_and_hurts_nothing() throws Exception {
        System.out.println("GarbageIT: -Dmillrace.seed=" + SEED);
        var events = new ArrayList<byte[]>();
        var good = new ArrayList<byte[]>();
        var bad = new TreeMap<String, ByteBuffer>();
        for (var i = 0; i < EVENTS; i++) {
            var isBad = random.nextInt(10) == 0;
            var event = isBad ? garbage(i) : reading(i).getBytes(UTF_8);
            events.add(event);
            if (isBad) {
                bad.put(i % PARTITIONS + "/" + i / PARTITIONS, ByteBuffer.wrap(event));
            } else {
                good.add(event);
            }
        }
        var name = TestBroker.unique("garbage");
        var yaml = """
                model: %s
                events: { topic: %s.readings, format: json, id: [id] }
                split: { group: [place] }
                label: { field: y, above: 0 }
                features: [{ category: place }, { category: palce }]
                """.formatted(name, name);
        try (var model = new TestModel(dir, yaml, PARTITIONS, Map.of());
                var log = new Log()) {
            model.produce(events);
            try (var roles = new LiveRoles(TestBroker.bootstrapServers(), model.spec, "main", dir.resolve("live"))) {
                model.awaitLearned();

                assertThat(roles.split.running()).isTrue();
                assertThat(roles.train.running()).isTrue();
            }

            assertThat(letters(model)).isEqualTo(bad).hasSizeGreaterThan(EVENTS / 11);
            for (var split : Split.values()) {
                var learned = new LogReplay(model.spec, TestBroker.readAll(model.topic(split.word())));

                assertThat(learned.ids.stream().sorted().toList())
                        .isEqualTo(TrainExamples.of(model.spec, good, split).stream()
                                .sorted()
                                .toList());
            }
            assertThat(log.lines())
                    .as("a feature that no event has, told once a partition")
                    .filteredOn(line -> line.contains("fields=\"palce\""))
                    .hasSize(PARTITIONS);
            assertThat(log.lines()).as("lines for %d bad events", bad.size()).hasSizeLessThan(100);
        }
    }

    /// The originals by place, each with a reason.
    private static Map<String, ByteBuffer> letters(TestModel model) {
        var letters = new TreeMap<String, ByteBuffer>();
        for (var record : TestBroker.readAll(model.spec.topic("dead-letters"))) {
            var letter = Wire.decode(DeadLetter.getDecoder(), record.value());
            var before = letters.put(letter.getPartition() + "/" + letter.getOffset(), letter.getOriginal());

            assertThat(before).as("a second letter for one event").isNull();
            assertThat(letter.getReason()).isNotBlank();
        }
        return letters;
    }

    private static String reading(int id) {
        return "{\"id\":%d,\"place\":\"place%d\",\"y\":%d}".formatted(id, id % 50, id % 3);
    }

    private byte[] garbage(int id) {
        var reading = reading(id);
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(reading.getBytes(UTF_8), random.nextInt(reading.length() - 1));
            case 1 -> reading.replace("place\":\"place", "town\":\"place").getBytes(UTF_8);
            case 2 -> reading.replace("\"y\":", "\"y\":\"none\",\"z\":").getBytes(UTF_8);
            case 3 -> (reading + reading).getBytes(UTF_8);
            default -> {
                var bytes = new byte[1 + random.nextInt(200)];
                random.nextBytes(bytes);
                bytes[0] = (byte) 0xff; // no JSON begins so
                yield bytes;
            }
        };
    }

    /// What is logged meanwhile, as loud as the product has it.
    private static final class Log implements AutoCloseable {
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final Logger own = (Logger) LoggerFactory.getLogger("io.millrace");
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Log() {
            own.setLevel(Level.INFO);
            appender.start();
            root.addAppender(appender);
        }

        List<String> lines() {
            synchronized (appender) {
                return Stream.of(appender.list.toArray(new ILoggingEvent[0]))
                        .map(event -> event.getFormattedMessage() + " " + event.getKeyValuePairs())
                        .toList();
            }
        }

        @Override
        public void close() {
            root.detachAppender(appender);
            own.setLevel(null);
        }
    }
}
