package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.replay.DecisionCheck;
import io.millrace.schema.Decision;
import io.millrace.schema.Metric;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model of the delay that nine flights of ten stay under is judged by what it learns by, not by squares.
class QuantileGateIT {
    private static final int STEP = 4_000;

    @TempDir
    Path dir;

    private Spec spec() throws IOException {
        var model = TestBroker.unique("quantile");
        var spec = SpecReader.read(Files.writeString(
                dir.resolve("spec.yaml"),
                SpecReader.resourceText("flights.yaml")
                                .replace("model: flight-delays", "model: " + model)
                                .replace("topic: flights", "topic: " + model + ".flights")
                                .replace("field: delay, above: 15", "field: delay")
                                .replace("loss: logistic", "loss: quantile\n  tau: 0.9")
                                .replace("learning-rate: 0.06", "learning-rate: 1")
                        + "gate: { window: 512, anchor: 1m }\n"));
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            Topics.ensureEvents(admin, spec, 1, Map.of());
        }
        return spec;
    }

    @Test
    void judges_by_pinball_loss_and_the_decision_can_be_computed_again() throws IOException {
        var flights = Flights.first(40_000);
        try (var roles = new GatedRoles(spec(), dir)) {
            for (var at = 0; at < flights.size() && compared(roles) == 0; at += STEP) {
                roles.learn(flights.subList(at, at + STEP));
            }
            var decision = roles.decisions().stream()
                    .filter(each -> each.getEvidence() != null)
                    .findFirst()
                    .orElseThrow();
            assertThat(decision.getEvidence().getMetric()).isEqualTo("pinball(0.9)");

            var client = Map.<String, Object>of("bootstrap.servers", TestBroker.bootstrapServers());
            var checked = new DecisionCheck(client, roles.spec).check(decision.getNumber());
            assertThat(checked.faults()).isEmpty();
            assertThat(checked.examples()).isGreaterThanOrEqualTo(512);

            var metric = lastMetric(roles);
            assertThat(metric.getValues().get("pinball")).isCloseTo(pinball(roles), within(1e-9));
            assertThat(roles.gate.progress().snapshot().metrics()).containsKeys("pinball", "pinball.low", "rmse");
        }
    }

    private static long compared(GatedRoles roles) {
        return roles.decisions().stream()
                .map(Decision::getEvidence)
                .filter(each -> each != null)
                .count();
    }

    private static Metric lastMetric(GatedRoles roles) {
        return TestBroker.readAll(roles.spec.topic("main", "metrics")).stream()
                .map(record -> Wire.decode(Metric.getDecoder(), record.value()))
                .filter(metric -> metric.getSplit().equals("validation"))
                .toList()
                .getLast();
    }

    /// The mean over all that was judged, by the formula.
    private static double pinball(GatedRoles roles) {
        var sum = 0.0;
        var n = 0;
        for (var judgement : roles.judgements()) {
            var served = judgement.getPredictions().stream()
                    .filter(each -> each.getAs() == judgement.getServed())
                    .findFirst()
                    .orElseThrow()
                    .getValues()
                    .order(ByteOrder.LITTLE_ENDIAN);
            var labels = judgement.getLabels().order(ByteOrder.LITTLE_ENDIAN);
            for (var i = 0; i < judgement.getCount(); i++) {
                double error = labels.getFloat(4 * i) - (double) served.getFloat(4 * i);
                sum += Math.max(0.9 * error, (0.9 - 1) * error);
                n++;
            }
        }
        return sum / n;
    }
}
