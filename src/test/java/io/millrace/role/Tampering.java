package io.millrace.role;

import io.millrace.kafka.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.awaitility.Awaitility;

/// What people do to topics and groups behind the roles' backs, on the shared broker.
final class Tampering {
    private Tampering() {}

    private interface Deed<T> {
        T with(Admin admin) throws ExecutionException, InterruptedException;
    }

    /// Deletes a topic and makes one of the same name and as many partitions.
    static void recreate(String topic, Map<String, String> settings) {
        int partitions = with(admin -> {
            var found =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            admin.deleteTopics(List.of(topic)).all().get();
            return found.partitions().size();
        });
        var fresh = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings);
        Awaitility.await(topic + " made anew")
                .atMost(Duration.ofMinutes(1))
                .until(() -> with(admin -> {
                    try {
                        admin.createTopics(List.of(fresh)).all().get();
                        return true;
                    } catch (ExecutionException failure) {
                        if (failure.getCause() instanceof TopicExistsException) {
                            return false; // not gone yet
                        }
                        throw failure;
                    }
                }));
    }

    static void deleteRecords(TopicPartition partition, long before) {
        with(admin -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                .all()
                .get());
    }

    static void deleteGroup(String group) {
        with(admin -> admin.deleteConsumerGroups(List.of(group)).all().get());
    }

    /// Moves the offset of a group that nobody is in.
    static void moveOffset(String group, TopicPartition partition, long offset) {
        with(admin -> admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset)))
                .all()
                .get());
    }

    static long committed(String group, TopicPartition partition) {
        return with(admin -> admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(partition)
                .offset());
    }

    static long end(TopicPartition partition) {
        return with(admin -> admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset());
    }

    static String id(String topic) {
        return with(admin -> admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic))
                .topicId()
                .toString();
    }

    private static <T> T with(Deed<T> deed) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            return deed.with(admin);
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
