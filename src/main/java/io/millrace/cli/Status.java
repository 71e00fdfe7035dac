package io.millrace.cli;

import io.millrace.evaluate.PointLoss;
import io.millrace.role.Topics;
import io.millrace.schema.ChampionMode;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What the roles of a model do right now: how far they are behind, how fast they go, how good the model is and how
/// old. Asked for every now and then; rates are between two calls.
final class Status {
    /// How long a broker may take to answer before it is called away.
    private static final Duration SLOW = Duration.ofSeconds(5);

    private final Spec spec;
    private final String lineage;
    private final Broker broker;
    private final Roles roles;
    private final Question<String> question = new Question<>(this::ask, Duration.ofSeconds(1));
    private String known = "not known yet";
    private long nanos = System.nanoTime();
    private long examples = -1;
    private @Nullable Instant away;

    Status(Spec spec, String lineage, Broker broker, Roles roles) {
        this.spec = spec;
        this.lineage = lineage;
        this.broker = broker;
        this.roles = roles;
    }

    /// Events that the split has not committed yet, wherever they wait.
    long eventLag() {
        var group = spec.topic(lineage, "split");
        return Topics.eventTopics(spec, lineage).stream()
                .mapToLong(topic -> broker.lag(topic, group))
                .sum();
    }

    /// A part for each figure.
    List<String> parts() {
        var parts = new ArrayList<String>();
        if (roles.splits()) {
            // others need no right to ask where the split stands
            parts.add("events    " + events());
        }
        var trained = roles.trained();
        if (trained != null) {
            var rate = rate(trained.examples());
            parts.add("learned   " + Figures.count(trained.examples()) + " examples"
                    + (rate.orElse(0) >= 1 ? ", " + Figures.rate(rate.getAsDouble()) : ""));
            var metrics = trained.metrics();
            var told = PointLoss.told(metrics);
            if (metrics.containsKey(told)) {
                parts.add(loss(told, metrics));
            }
        }
        var served = roles.served();
        if (served != null) {
            var age = Duration.between(served.since(), Instant.now()).toMillis() / 1e3;
            parts.add("serving   " + served.name() + ", " + Figures.duration(age) + " old" + mode());
        } else if (trained != null && trained.version() > 0) {
            parts.add("version   " + lineage + "/" + trained.version());
        }
        return parts;
    }

    /// Roles outlive a broker that is away, so what tells of them must too. While it is slow, what it said last is
    /// shown.
    private String events() {
        try {
            var answer = question.answer();
            if (answer.isPresent()) {
                known = answer.get();
                away = null;
            } else if (away == null && question.since().plus(SLOW).isBefore(Instant.now())) {
                away = question.since();
            }
        } catch (CommandException failed) {
            if (!Broker.isAway(failed)) {
                var message = String.valueOf(failed.getMessage());
                return "unknown: " + message.lines().findFirst().orElse("");
            }
            away = away == null ? question.since() : away;
        }
        return away == null
                ? known + rejected() + duplicates()
                : "unknown: the broker at " + broker.servers() + " does not answer since "
                        + away.truncatedTo(ChronoUnit.SECONDS);
    }

    private String ask() {
        var lag = eventLag();
        var events = broker.ends(spec.events().topic()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return Figures.count(events) + ", " + Figures.count(lag) + " waiting";
    }

    private String rejected() {
        var rejected = roles.rejected();
        return rejected == 0 ? "" : ", " + Figures.count(rejected) + " rejected (consume --dead-letters tells why)";
    }

    private String duplicates() {
        var duplicates = roles.duplicates();
        return duplicates == 0 ? "" : ", " + Figures.count(duplicates) + " duplicates dropped";
    }

    private static String loss(String metric, java.util.Map<String, Double> metrics) {
        return String.format("%-9s ", metric) + Figures.metric(metrics.getOrDefault(metric, Double.NaN)) + ", lately "
                + Figures.metric(metrics.getOrDefault(metric + ".decayed", Double.NaN)) + " (constant "
                + Figures.metric(metrics.getOrDefault(metric + ".constant", Double.NaN)) + ")";
    }

    /// Why it is not the newest, if so.
    private String mode() {
        var champion = roles.champion();
        return switch (champion == null ? ChampionMode.FOLLOW : champion.getMode()) {
            case FOLLOW -> "";
            case TRIPPED -> ", as the gate has tripped";
            case PINNED -> ", pinned";
        };
    }

    private OptionalDouble rate(long now) {
        var before = examples;
        var seconds = (System.nanoTime() - nanos) / 1e9;
        nanos = System.nanoTime();
        examples = now;
        return before < 0 || seconds <= 0 ? OptionalDouble.empty() : OptionalDouble.of((now - before) / seconds);
    }
}
