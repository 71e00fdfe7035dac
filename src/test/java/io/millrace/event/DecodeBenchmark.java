package io.millrace.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig.Category;
import io.millrace.feature.FeatureConfig.Cross;
import io.millrace.feature.FeatureConfig.DayOfWeek;
import io.millrace.feature.FeatureConfig.HourOfDay;
import io.millrace.feature.FeatureConfig.Number;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.FeatureEncoder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Nanoseconds an event: a flight's bytes to a row, and to a row and an example.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecodeBenchmark {
    private static final int EVENTS = 1024;
    private static final Fields FIELDS = Events.fields("date", "origin", "destination", "distance", "delay");

    @Param({"avro", "json", "csv"})
    String format;

    private final byte[][] events = new byte[EVENTS][];
    private final Row row = new Row(FIELDS);
    private final Examples examples = new Examples(1);
    private EventDecoder decoder;
    private FeatureEncoder encoder;

    /// Origins, destinations and the rest vary like those of flights do, from a fixed seed.
    @Setup
    public void makeEvents() {
        var random = new Random(1);
        for (int i = 0; i < EVENTS; i++) {
            long date = 16_305_121L + random.nextInt(260_000);
            var origin = airport(random);
            var destination = airport(random);
            int distance = 100 + random.nextInt(2_500);
            int delay = random.nextInt(100) - 30;
            events[i] = switch (format) {
                case "avro" ->
                    Events.avro(
                            Events.FLIGHT,
                            Map.of(
                                    "date",
                                    date,
                                    "origin",
                                    origin,
                                    "destination",
                                    destination,
                                    "distance",
                                    distance,
                                    "delay",
                                    delay));
                case "json" ->
                    "{\"date\":%d,\"origin\":\"%s\",\"destination\":\"%s\",\"distance\":%d,\"delay\":%d}"
                            .formatted(date, origin, destination, distance, delay)
                            .getBytes(UTF_8);
                default ->
                    "%d,%d,%d,%s,%s"
                            .formatted(date, delay, distance, origin, destination)
                            .getBytes(UTF_8);
            };
        }
        decoder = switch (format) {
            case "avro" -> new AvroDecoder(Events.FLIGHT, FIELDS);
            case "json" -> new JsonDecoder(FIELDS);
            default ->
                new CsvDecoder(List.of("date", "delay", "distance", "origin", "destination"), FIELDS, Events.FLIGHT);
        };
        encoder = new FeatureEncoder(
                List.of(
                        new Category("origin"),
                        new Category("destination"),
                        new Cross(List.of("origin", "destination")),
                        new HourOfDay("date"),
                        new DayOfWeek("date"),
                        new Number("distance", Scale.STANDARD)),
                FIELDS,
                18,
                TimeConfig.Unit.MINUTES);
    }

    private static String airport(Random random) {
        int n = random.nextInt(230);
        return "" + (char) ('A' + n % 26) + (char) ('A' + n / 26) + (char) ('A' + n % 7);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public double decode() {
        double sum = 0;
        for (var event : events) {
            decoder.decode(event, 0, event.length, row);
            sum += row.number(3);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int decodeAndEncode() {
        examples.clear();
        for (var event : events) {
            decoder.decode(event, 0, event.length, row);
            examples.begin();
            encoder.encode(row, examples);
            examples.end(1, 1, 0, 0, 0);
        }
        return examples.size;
    }
}
