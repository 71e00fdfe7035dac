package io.millrace.role;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Questions to the broker that a role asks before it starts.
final class Offsets {
    private static final Logger log = LoggerFactory.getLogger(Offsets.class);

    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofMillis(300);

    private Offsets() {}

    private interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    /// What a consumer does where a partition has no committed offset: `none`, as an offset that is gone must stop
    /// the role, never silently skip or learn again. So that every partition has one, those without (on a first
    /// start all) are given the beginning of the topic here.
    ///
    /// @param topics that the application reads
    static String reset(Map<String, Object> client, String application, List<String> topics) {
        return ask(client, admin -> {
            for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
                var committed = committed(admin, application);
                var unset = new HashMap<TopicPartition, OffsetSpec>();
                for (var topic :
                        admin.describeTopics(topics).allTopicNames().get().values()) {
                    for (var info : topic.partitions()) {
                        var partition = new TopicPartition(topic.name(), info.partition());
                        if (committed.get(partition) == null) {
                            unset.put(partition, OffsetSpec.earliest());
                        }
                    }
                }
                if (unset.isEmpty() || begin(admin, application, unset)) {
                    return "none";
                }
                // others of this group have just started: they set what was unset
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            // a partition was added while others run: they do not read it yet, so its beginning is where to begin
            return "earliest";
        });
    }

    /// What the application has committed.
    static Map<TopicPartition, OffsetAndMetadata> committed(Map<String, Object> client, String application) {
        return ask(client, admin -> committed(admin, application));
    }

    /// Where partitions end.
    static Map<TopicPartition, Long> ends(Map<String, Object> client, Set<TopicPartition> partitions) {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        ask(client, admin -> admin.listOffsets(latest).all().get())
                .forEach((partition, found) -> ends.put(partition, found.offset()));
        return ends;
    }

    /// Offsets that a killed process was about to commit do not count, nor do they hide those before them: to ask for
    /// stable ones only would leave such partitions out.
    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String application)
            throws ExecutionException, InterruptedException {
        return admin.listConsumerGroupOffsets(application)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    /// Commits the beginning of partitions without an offset. Refused while other instances run: those began so
    /// themselves.
    private static boolean begin(Admin admin, String application, Map<TopicPartition, OffsetSpec> quiet)
            throws ExecutionException, InterruptedException {
        var beginnings = new HashMap<TopicPartition, OffsetAndMetadata>();
        admin.listOffsets(quiet)
                .all()
                .get()
                .forEach((partition, found) -> beginnings.put(partition, new OffsetAndMetadata(found.offset())));
        try {
            admin.alterConsumerGroupOffsets(application, beginnings).all().get();
            return true;
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof ApiException) {
                log.atDebug()
                        .setCause(refused)
                        .addKeyValue("group", application)
                        .log("others run in this group");
                return false;
            }
            throw refused;
        }
    }

    /// The id that the broker gave a topic: another one under the same name means that it was made anew.
    static String topicId(Map<String, Object> client, String topic) {
        return ask(client, admin -> {
            var description =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return Objects.requireNonNull(description, topic).topicId().toString();
        });
    }

    /// How many partitions a topic has.
    static int partitions(Map<String, Object> client, String topic) {
        return ask(client, admin -> {
            var description =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return Objects.requireNonNull(description, topic).partitions().size();
        });
    }

    private static <T> T ask(Map<String, Object> client, Question<T> question) {
        try (var admin = Admin.create(client)) {
            return question.ask(admin);
        } catch (ExecutionException failure) {
            var servers = "bootstrap.servers = " + client.get("bootstrap.servers");
            throw new RoleException(
                    failure.getCause() instanceof TimeoutException
                            ? servers + " did not answer in time: expected a broker that is up and not overloaded"
                            : servers + ": " + failure.getCause(),
                    failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new RoleException("stopped while starting", stopped);
        }
    }
}
