package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.schema.Evidence;
import io.millrace.schema.JudgedAs;
import io.millrace.schema.Judgement;
import io.millrace.schema.Metric;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The feed of the groups that are learned from breaks for a while: their labels come turned round. The breaker trips,
/// the anchor serves, and when the feed is well again the newest versions do.
class DriftIT {
    private static final int WINDOW = 1024;
    private static final int STEP = 2_000;

    @TempDir
    Path dir;

    private Spec spec() throws IOException {
        var model = TestBroker.unique("drift");
        var spec = SpecReader.read(Files.writeString(
                dir.resolve("spec.yaml"),
                SpecReader.resourceText("flights.yaml")
                                .replace("model: flight-delays", "model: " + model)
                                .replace("topic: flights", "topic: " + model + ".flights")
                                .replace("every: 500ms", "every: 10ms")
                        + "gate: { window: " + WINDOW + ", anchor: 1d }\n"));
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            Topics.ensureEvents(admin, spec, 1, Map.of());
        }
        return spec;
    }

    @Test
    void trips_to_the_anchor_and_recovers_by_itself() throws IOException {
        var flights = Flights.first(160_000);
        try (var roles = new GatedRoles(spec(), dir)) {
            var at = 0;
            for (; at < 40_000; at += STEP) {
                roles.learn(flights.subList(at, at + STEP));
            }
            assertThat(roles.champion().getMode()).isEqualTo(ChampionMode.FOLLOW);
            assertThat(roles.decisions()).extracting(Decision::getKind).containsOnly(DecisionKind.ANCHOR);
            assertThat(roles.decisions().getFirst().getWhy())
                    .isEqualTo("the first after a window of validation examples");

            var validated = roles.validated();
            var flipped = new Flipped(roles.spec);
            while (roles.champion().getMode() == ChampionMode.FOLLOW) {
                assertThat(roles.validated() - validated)
                        .as("validation examples until the breaker trips")
                        .isLessThanOrEqualTo(2 * WINDOW);
                roles.learn(flipped.trainGroups(flights.subList(at, at + STEP)));
                at += STEP;
            }
            var champion = roles.champion();
            assertThat(champion.getMode()).isEqualTo(ChampionMode.TRIPPED);
            var trip = roles.decisions().getLast();
            assertThat(trip.getKind()).isEqualTo(DecisionKind.TRIP);
            assertThat(champion.getVersion()).isEqualTo(trip.getAnchor());
            GatedRoles.await("the anchor serves")
                    .untilAsserted(() -> assertThat(Objects.requireNonNull(roles.serving.current())
                                    .name())
                            .isEqualTo("main/" + champion.getVersion()));

            while (roles.champion().getMode() == ChampionMode.TRIPPED && at + STEP <= flights.size()) {
                roles.learn(flights.subList(at, at + STEP));
                at += STEP;
            }
            assertThat(roles.champion().getMode()).isEqualTo(ChampionMode.FOLLOW);
            assertThat(roles.decisions())
                    .extracting(Decision::getKind)
                    .contains(DecisionKind.TRIP, DecisionKind.RECOVER);
            GatedRoles.await("the newest serves")
                    .untilAsserted(() -> assertThat(Objects.requireNonNull(roles.serving.current())
                                    .manifest()
                                    .getVersion())
                            .isGreaterThan(champion.getVersion()));

            assertConsecutive(roles);
            assertMetricsAreOfWhatServed(roles);
            for (var decision : roles.decisions()) {
                if (decision.getEvidence() != null) {
                    assertSame(decision.getEvidence(), roles.judgements());
                }
            }
        }
    }

    /// Of the newest version while it served, of the anchor while the breaker had tripped.
    private static void assertMetricsAreOfWhatServed(GatedRoles roles) {
        double loss = 0;
        double predicted = 0;
        long labels = 0;
        long n = 0;
        for (var judgement : roles.judgements()) {
            var served = predictions(judgement, judgement.getServed());
            for (var i = 0; i < judgement.getCount(); i++) {
                var label = judgement.getLabels().order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * i);
                loss += logLoss(served[i], label);
                predicted += served[i];
                labels += (long) label;
                n++;
            }
        }
        assertThat(roles.judgements()).extracting(Judgement::getServed).contains(JudgedAs.NEWEST, JudgedAs.ANCHOR);
        var last = TestBroker.readAll(roles.spec.topic("main", "metrics")).stream()
                .map(record -> Wire.decode(Metric.getDecoder(), record.value()))
                .filter(metric -> metric.getSplit().equals("validation"))
                .toList()
                .getLast();
        assertThat(last.getExamples()).isEqualTo(n);
        assertThat(last.getValues().get("log-loss")).isCloseTo(loss / n, within(1e-9));
        // the bins of the calibration table, put together
        assertThat(ofBins(last, "predicted")).isCloseTo(predicted / n, within(1e-6));
        assertThat(ofBins(last, "observed")).isCloseTo((double) labels / n, within(1e-9));
        assertThat(roles.gate.progress().snapshot().metrics()).isEqualTo(last.getValues());
    }

    private static double ofBins(Metric metric, String what) {
        var sum = 0.0;
        for (var bin = 0; bin < 10; bin++) {
            var share = metric.getValues().get("calibration." + bin + ".share");
            sum += share == null ? 0 : share * metric.getValues().get("calibration." + bin + "." + what);
        }
        return sum;
    }

    private static void assertConsecutive(GatedRoles roles) {
        var number = 0L;
        for (var decision : roles.decisions()) {
            assertThat(decision.getNumber()).isEqualTo(++number);
        }
        number = 0;
        for (var judgement : roles.judgements()) {
            assertThat(judgement.getNumber()).isEqualTo(++number);
        }
    }

    /// Computes the figures anew from what the judgements hold, by the formulas and nothing of the gate's own.
    private static void assertSame(Evidence evidence, List<Judgement> all) {
        var differences = new double[256];
        var weights = new double[256];
        double firsts = 0;
        double seconds = 0;
        double total = 0;
        long n = 0;
        for (var judgement : all) {
            if (judgement.getNumber() < evidence.getFirstJudgement()
                    || judgement.getNumber() > evidence.getLastJudgement()) {
                continue;
            }
            var newest = predictions(judgement, JudgedAs.NEWEST);
            var anchor = predictions(judgement, JudgedAs.ANCHOR);
            for (var i = 0; i < judgement.getCount(); i++) {
                var label = judgement.getLabels().order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * i);
                var first = logLoss(newest[i], label);
                var second = logLoss(anchor[i], label);
                var cluster = judgement.getClusters().get(i) & 0xff;
                differences[cluster] += first - evidence.getFactor() * second;
                weights[cluster] += 1;
                firsts += first;
                seconds += second;
                total += 1;
                n++;
            }
        }
        double sum = 0;
        var k = 0;
        for (var cluster = 0; cluster < 256; cluster++) {
            sum += differences[cluster];
            k += weights[cluster] > 0 ? 1 : 0;
        }
        var mean = sum / total;
        double squares = 0;
        for (var cluster = 0; cluster < 256; cluster++) {
            var residual = differences[cluster] - mean * weights[cluster];
            squares += residual * residual;
        }
        var alpha = 1 - evidence.getConfidence();
        var rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / 4096;
        var scale = n * rho2;
        var radius = Math.sqrt(squares * k / (k - 1))
                / total
                * Math.sqrt(2 * (scale + 1) / scale * StrictMath.log(Math.sqrt(scale + 1) / alpha));

        assertThat(evidence.getExamples()).isEqualTo(n);
        assertThat(evidence.getClusters()).isEqualTo(k);
        assertThat(evidence.getFirstLoss()).isEqualTo(firsts / total);
        assertThat(evidence.getSecondLoss()).isEqualTo(seconds / total);
        assertThat(evidence.getDifference()).isEqualTo(mean);
        assertThat(evidence.getLower()).isEqualTo(mean - radius);
        assertThat(evidence.getUpper()).isEqualTo(mean + radius);
    }

    private static float[] predictions(Judgement judgement, JudgedAs as) {
        for (var predicted : judgement.getPredictions()) {
            if (predicted.getAs() == as) {
                var values = new float[judgement.getCount()];
                predicted
                        .getValues()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(values);
                return values;
            }
        }
        throw new AssertionError("judgement " + judgement.getNumber() + " has no predictions of the " + as);
    }

    private static double logLoss(float prediction, float label) {
        var q = label == 1 ? prediction : 1.0 - prediction;
        return -StrictMath.log(Math.max(q, 0x1p-24));
    }
}
