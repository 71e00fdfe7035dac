package io.millrace.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.model.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/// What `/metrics` tells (contract S15): how requests went, and of the served version its number, age and progressive
/// metrics.
final class ServeMetrics {
    /// Upper bounds of the latency histogram: 1, 2, 5 ms … 20, 50 s.
    private static final Duration[] BUCKETS = IntStream.of(1, 10, 100, 1_000, 10_000)
            .flatMap(power -> IntStream.of(power, 2 * power, 5 * power))
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final PrometheusMeterRegistry registry;
    private final Supplier<@Nullable Model> current;
    private final Counter predictions;
    private final MultiGauge progressive;
    private Set<String> names = Set.of();

    ServeMetrics(PrometheusMeterRegistry registry, Supplier<@Nullable Model> current) {
        this.registry = registry;
        this.current = current;
        predictions = Counter.builder("millrace.predictions")
                .description("instances predicted")
                .register(registry);
        progressive = MultiGauge.builder("millrace.model.progressive")
                .description("progressive metrics of the served version")
                .register(registry);
        gauge(
                "millrace.model.version",
                "number of the served version",
                model -> model.manifest().getVersion());
        gauge(
                "millrace.model.examples",
                "examples that the served version has learned",
                model -> model.manifest().getExamples());
        gauge(
                "millrace.model.age.seconds",
                "time since the served version came",
                model -> Duration.between(model.since(), Instant.now()).toMillis() / 1e3);
    }

    /// Counts and times a request to /invocations, by its status, once it is answered.
    void time(Request request, Response response) {
        Request.addCompletionListener(
                request,
                failure -> Timer.builder("millrace.invocations")
                        .description("requests to /invocations, from their first byte to their answer's last")
                        .tag(
                                "status",
                                response.isCompletedSuccessfully() ? Integer.toString(response.getStatus()) : "aborted")
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry)
                        .record(Duration.ofNanos(NanoTime.since(request.getBeginNanoTime()))));
    }

    void predicted(int instances) {
        predictions.increment(instances);
    }

    /// All meters of the registry as Prometheus text.
    String scrape() {
        registerProgressive();
        return registry.scrape();
    }

    /// The names of progressive metrics are known once there is a version.
    private synchronized void registerProgressive() {
        var model = current.get();
        if (model == null || model.manifest().getMetrics().keySet().equals(names)) {
            return;
        }
        names = Set.copyOf(model.manifest().getMetrics().keySet());
        progressive.register(
                new TreeSet<>(names)
                        .stream()
                                .map(name -> MultiGauge.Row.of(
                                        Tags.of("metric", name), this, metrics -> metrics.progressive(name)))
                                .toList(),
                true);
    }

    private double progressive(String name) {
        var model = current.get();
        var value = model == null ? null : model.manifest().getMetrics().get(name);
        return value == null ? Double.NaN : value;
    }

    private void gauge(String name, String description, ToDoubleFunction<Model> value) {
        Gauge.builder(name, current, served -> {
                    var model = served.get();
                    return model == null ? Double.NaN : value.applyAsDouble(model);
                })
                .strongReference(true)
                .description(description)
                .register(registry);
    }
}
