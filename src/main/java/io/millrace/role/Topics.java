package io.millrace.role;

import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// The topics of a model: what they are called and made like. The source topic is the user's: it is only made on
/// demand.
public final class Topics {
    private static final String FOREVER = "-1";
    private static final long DAY = 86_400_000;

    /// As many partitions as the events topic.
    public static final int AS_EVENTS = 0;

    /// A block has the timestamp of its last event: one that is far ahead of the clock must not be refused, for the
    /// split would never get past it.
    private static final Map<String, String> BLOCKS = Map.of(
            "retention.ms",
            FOREVER,
            "max.message.bytes",
            "8388608",
            "message.timestamp.after.max.ms",
            Long.toString(Long.MAX_VALUE));

    /// Read once and deleted by offset, never by time; event times of long ago and of tomorrow pass.
    private static final Map<String, String> BY_ID = Map.of(
            "retention.ms",
            FOREVER,
            "max.message.bytes",
            "8388608",
            "segment.bytes",
            Integer.toString(ByIdRetention.STEP),
            "message.timestamp.type",
            "CreateTime",
            "message.timestamp.after.max.ms",
            Long.toString(Long.MAX_VALUE));

    /// A topic as it is made.
    ///
    /// @param partitions how many it has; [#AS_EVENTS]: as many as the events topic had when it was made
    /// @param fixed whether another number of partitions is refused
    /// @param settings of the broker for this topic, by name
    public record Topic(String name, int partitions, boolean fixed, Map<String, String> settings) {}

    /// Its records are rewritten often: without small segments and an eager cleaner a restart reads them all.
    private static final Map<String, String> COMPACTED =
            Map.of("cleanup.policy", "compact", "segment.bytes", "4194304", "min.cleanable.dirty.ratio", "0.1");

    private static final Duration KNOWN = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Topics() {}

    /// The topics that a lineage writes, in the order of the pipeline.
    public static List<Topic> of(Spec spec, String lineage) {
        var topics = new ArrayList<Topic>();
        for (var word : List.of("train", "validation", "test")) {
            topics.add(one(spec.topic(lineage, word), BLOCKS));
        }
        // deleteRecords frees whole segments only
        topics.add(one(spec.topic(lineage, "versions"), Map.of("retention.ms", FOREVER, "segment.bytes", "4194304")));
        topics.add(one(spec.topic(lineage, "metrics"), Map.of("retention.ms", Long.toString(30 * DAY))));
        topics.add(one(spec.topic(lineage, "ledger"), Map.of("retention.ms", FOREVER)));
        topics.add(new Topic(
                spec.topic("dead-letters"),
                1,
                false,
                Map.of("message.timestamp.type", "LogAppendTime", "retention.ms", Long.toString(7 * DAY))));
        // an event from long ago is predicted now
        topics.add(new Topic(spec.topic("predictions"), 1, false, Map.of("message.timestamp.type", "LogAppendTime")));
        topics.add(one(spec.topic("champion"), Map.of("cleanup.policy", "compact")));
        topics.add(one(spec.topic(lineage, "kept"), COMPACTED));
        topics.add(one(spec.topic("gate"), COMPACTED));
        topics.add(one(spec.topic("commands"), Map.of("retention.ms", Long.toString(30 * DAY))));
        topics.add(one(spec.topic("decisions"), Map.of("retention.ms", FOREVER)));
        topics.add(one(spec.topic("judgements"), Map.of("retention.ms", Long.toString(30 * DAY))));
        if (ById.isUsed(spec)) {
            topics.add(new Topic(ById.topic(spec, lineage), AS_EVENTS, false, BY_ID));
        }
        return List.copyOf(topics);
    }

    /// The topics that are a lineage's own, whatever it learns and from whose blocks, but for its ledger, which stays.
    public static List<String> ofLineage(Spec spec, String lineage) {
        var prefix = spec.topic(lineage, "");
        var ledger = spec.topic(lineage, "ledger");
        var made = of(spec, lineage).stream()
                .map(Topic::name)
                .filter(name -> name.startsWith(prefix) && !name.equals(ledger));
        var others = Stream.of(
                ById.topic(spec, lineage), CellStore.changelog(spec, lineage), SeenStore.changelog(spec, lineage));
        return Stream.concat(made, others).distinct().toList();
    }

    /// The topics that events go through before they are in blocks.
    public static List<String> eventTopics(Spec spec, String lineage) {
        var events = spec.events().topic();
        return ById.isUsed(spec) ? List.of(events, ById.topic(spec, lineage)) : List.of(events);
    }

    private static Topic one(String name, Map<String, String> settings) {
        return new Topic(name, 1, true, settings);
    }

    /// Makes the topics of a lineage that are missing.
    ///
    /// @return the names of those made
    /// @throws RoleException if one is there with another number of partitions, or the broker does not do it
    public static List<String> ensure(Admin admin, Spec spec, String lineage) {
        return ensure(admin, sized(admin, spec, of(spec, lineage)));
    }

    /// The same of some of them.
    ///
    /// @param words that their names end with, such as `versions`
    public static List<String> ensure(Admin admin, Spec spec, String lineage, Set<String> words) {
        var named = of(spec, lineage).stream()
                .filter(topic ->
                        words.contains(topic.name().substring(1 + topic.name().lastIndexOf('.'))))
                .toList();
        return ensure(admin, sized(admin, spec, named));
    }

    /// Where there is no events topic yet, what has as many partitions is left out.
    private static List<Topic> sized(Admin admin, Spec spec, List<Topic> topics) {
        if (topics.stream().noneMatch(topic -> topic.partitions() == AS_EVENTS)) {
            return topics;
        }
        var partitions = describe(admin, spec.events().topic())
                .map(events -> events.partitions().size())
                .orElse(AS_EVENTS);
        return topics.stream()
                .map(topic -> topic.partitions() == AS_EVENTS
                        ? new Topic(topic.name(), partitions, topic.fixed(), topic.settings())
                        : topic)
                .filter(topic -> topic.partitions() != AS_EVENTS)
                .toList();
    }

    /// Makes the source topic where it is missing; one that is there stays as it is.
    ///
    /// @param settings of the broker for it, by name; events are kept for ever where they say nothing else
    /// @return its name if it was made
    public static List<String> ensureEvents(Admin admin, Spec spec, int partitions, Map<String, String> settings) {
        var all = new HashMap<>(Map.of("retention.ms", FOREVER));
        all.putAll(settings);
        var made = ensure(admin, List.of(new Topic(spec.events().topic(), partitions, false, all)));
        made.forEach(topic -> awaitKnown(admin, topic));
        return made;
    }

    /// A topic that was made is not known at once: what is to have as many partitions would be left out.
    private static void awaitKnown(Admin admin, String topic) {
        var giveUp = System.nanoTime() + KNOWN.toNanos();
        while (describe(admin, topic).isEmpty()) {
            if (System.nanoTime() > giveUp) {
                throw new RoleException(topic + " was made, but the broker does not know it after " + KNOWN);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static List<String> ensure(Admin admin, List<Topic> topics) {
        var made = new ArrayList<String>();
        for (var topic : topics) {
            var found = describe(admin, topic.name());
            if (found.isPresent()) {
                check(topic, found.get());
            } else {
                create(admin, topic);
                made.add(topic.name());
            }
        }
        return made;
    }

    private static void check(Topic topic, TopicDescription found) {
        var partitions = found.partitions().size();
        if (topic.fixed() && partitions != topic.partitions()) {
            throw new RoleException("topic " + topic.name() + " has " + partitions + " partitions: expected "
                    + topic.partitions() + ", as the order of its records is the truth\n"
                    + "  Delete it if nothing in it is needed, or choose another --lineage.");
        }
    }

    private static void create(Admin admin, Topic topic) {
        var made = new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty());
        try {
            admin.createTopics(List.of(made.configs(topic.settings())), new CreateTopicsOptions())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                describe(admin, topic.name()).ifPresent(found -> check(topic, found)); // somebody else was first
            } else {
                throw new RoleException("topic " + topic.name() + " can't be made: " + reason(e), e);
            }
        } catch (InterruptedException e) {
            throw interrupted(topic.name(), e);
        }
    }

    /// What the broker knows of a topic; empty where there is none.
    public static Optional<TopicDescription> describe(Admin admin, String topic) {
        try {
            return Optional.ofNullable(
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw new RoleException("topic " + topic + " can't be looked up: " + reason(e), e);
        } catch (InterruptedException e) {
            throw interrupted(topic, e);
        }
    }

    private static String reason(ExecutionException e) {
        if (e.getCause() instanceof TimeoutException) {
            return "the broker did not answer in time, expected one that is up and not overloaded";
        }
        return e.getCause() == null ? e.toString() : String.valueOf(e.getCause().getMessage());
    }

    private static RoleException interrupted(String topic, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RoleException("interrupted while waiting for topic " + topic, e);
    }
}
