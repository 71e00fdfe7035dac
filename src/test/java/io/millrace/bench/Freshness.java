package io.millrace.bench;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.flights.Flights;
import io.millrace.model.Follower;
import io.millrace.schema.Flight;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/// From the moment an event is handed to a producer until an HTTP answer comes from a version that has learned it, at a
/// steady rate of events through split, train, versions and a server. All roles run in this JVM, the broker in one of
/// its own.
///
/// One event in [#EVERY] is a tag: its origin is a name that no other flight has, so the weight of that name leaves 0
/// in the version that has learned it.
final class Freshness {
    private static final int RATE = Integer.getInteger("bench.rate", 5_000);
    private static final int WARM_UP = 15;
    private static final int SECONDS = Integer.getInteger("bench.seconds", 60);
    private static final int EVERY = 250;

    private Freshness() {}

    static void run() throws Exception {
        var spec = Specs.everythingInTrain();
        var flights = FlightFile.find().events(spec, 1_000_000);
        var tags = new Tags(spec);
        try (var broker = BenchBroker.start()) {
            broker.topics(spec, "main");
            try (var _ = new Lineage(spec, broker.settings("main"));
                    var follower = new Follower(broker.client(), spec.topic("main", "versions"), tags::swapped);
                    var server = new ModelServer(
                            ServeConfig.defaults().withPort(0),
                            follower::current,
                            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
                    var client = new Client(server.port(), tags)) {
                produce(broker, spec, flights, tags);
                client.awaitAll();
                var versions = follower.swaps();
                System.out.printf(
                        "%,d events/s for %d s after %d s to warm up, %,d versions served%n",
                        RATE, SECONDS, WARM_UP, versions);
                tags.print();
            }
        }
    }

    /// Events leave every millisecond, so many as are due by the clock.
    private static void produce(BenchBroker broker, Spec spec, List<byte[]> flights, Tags tags) {
        try (var producer = broker.producer()) {
            var start = System.nanoTime();
            var all = (long) RATE * (WARM_UP + SECONDS);
            for (long sent = 0; sent < all; ) {
                var due = Math.min(all, (System.nanoTime() - start) * RATE / 1_000_000_000);
                for (; sent < due; sent++) {
                    byte[] event;
                    if (sent % EVERY == 0) {
                        var name = "tag" + sent / EVERY;
                        event = Flights.bytes(new Flight(16_305_121L + sent, name, "PHL", 500, 60));
                        tags.produced(name, sent >= (long) RATE * WARM_UP);
                    } else {
                        event = flights.get((int) (sent % flights.size()));
                    }
                    var _ = producer.send(new ProducerRecord<>(spec.events().topic(), 0, null, event));
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
