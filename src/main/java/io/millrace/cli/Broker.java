package io.millrace.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Questions that commands ask the broker.
final class Broker implements AutoCloseable {
    private static final int PATIENCE_MS = 15_000;

    private final String servers;
    private final Admin admin;

    /// Connects, and waits for an answer, so that a wrong address is told at once and plainly.
    ///
    /// @throws CommandException if there is no answer
    Broker(Map<String, Object> client) {
        servers = String.valueOf(client.get("bootstrap.servers"));
        var properties = new HashMap<>(client);
        properties.put("default.api.timeout.ms", PATIENCE_MS);
        properties.put("request.timeout.ms", PATIENCE_MS / 3);
        admin = create(properties);
        try {
            admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            admin.close();
            if (e.getCause() instanceof AuthenticationException refused) {
                throw CommandException.failed(
                        "bootstrap.servers = " + servers + " and this client do not accept each other: "
                                + refused.getMessage()
                                + "\n  Look at security.protocol, ssl.* and sasl.* of --client-properties.",
                        e);
            }
            throw CommandException.failed(
                    "bootstrap.servers = " + servers + " does not answer within " + PATIENCE_MS / 1000
                            + " s: expected a Kafka broker",
                    e);
        } catch (InterruptedException e) {
            admin.close();
            throw interrupted(e);
        }
    }

    /// @throws CommandException if the properties fit no client
    private static Admin create(Map<String, Object> properties) {
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            var said = new LinkedHashSet<String>();
            var isConfig = false;
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                said.add(String.valueOf(cause.getMessage()));
                isConfig |= cause instanceof ConfigException;
            }
            if (said.stream().anyMatch(message -> message.contains("JAAS"))) {
                // without what Kafka says, which may hold a part of a secret
                throw CommandException.wrong("sasl.jaas.config is no login configuration: expected one such as\n"
                        + "  org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"anna\" password=\"${file:PATH}\";");
            }
            if (isConfig) {
                throw e; // it names the property
            }
            throw CommandException.wrong(
                    "no Kafka client can be made of the client properties: " + String.join(": ", said));
        }
    }

    /// Where it is, as it was given.
    String servers() {
        return servers;
    }

    /// Whether a question failed because nothing answered.
    static boolean isAway(CommandException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof DisconnectException) {
                return true;
            }
        }
        return false;
    }

    Admin admin() {
        return admin;
    }

    /// The offset after the last record of every partition of a topic; empty where the topic is not there.
    Map<TopicPartition, Long> ends(String topic) {
        return offsets(topic, OffsetSpec.latest());
    }

    /// The offset of the first record of every partition.
    Map<TopicPartition, Long> beginnings(String topic) {
        return offsets(topic, OffsetSpec.earliest());
    }

    private Map<TopicPartition, Long> offsets(String topic, OffsetSpec which) {
        try {
            var description =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            var asked = new HashMap<TopicPartition, OffsetSpec>();
            if (description != null) {
                description.partitions().forEach(info -> asked.put(new TopicPartition(topic, info.partition()), which));
            }
            var offsets = new HashMap<TopicPartition, Long>();
            admin.listOffsets(asked).all().get().forEach((partition, info) -> offsets.put(partition, info.offset()));
            return offsets;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Map.of();
            }
            throw CommandException.failed("topic " + topic + " can't be looked up: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Records of a topic that a group has not committed yet.
    long lag(String topic, String group) {
        try {
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            var lag = 0L;
            var beginnings = beginnings(topic);
            for (var end : ends(topic).entrySet()) {
                var offset = committed.get(end.getKey());
                lag += end.getValue() - (offset == null ? beginnings.getOrDefault(end.getKey(), 0L) : offset.offset());
            }
            return lag;
        } catch (ExecutionException e) {
            throw CommandException.failed("group " + group + " can't be looked up: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Names of all topics.
    Set<String> topics() {
        try {
            return new HashSet<>(admin.listTopics().names().get());
        } catch (ExecutionException e) {
            throw CommandException.failed("topics can't be listed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Deletes groups, then topics; groups that are not there are none to delete.
    ///
    /// @throws CommandException if processes are still in a group: no topic is deleted then
    void delete(Collection<String> topics, Collection<String> groups) {
        try {
            for (var group : groups) {
                try {
                    admin.deleteConsumerGroups(List.of(group)).all().get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                        throw e;
                    }
                }
            }
            admin.deleteTopics(topics).all().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupNotEmptyException) {
                throw CommandException.wrong("a process still runs in one of the groups " + String.join(", ", groups)
                        + ": expected that all have ended. No topic was deleted.");
            }
            throw CommandException.failed(String.join(", ", topics) + " can't be deleted: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static CommandException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return CommandException.failed("interrupted while waiting for the broker", e);
    }

    /// Without waiting for answers that are still to come.
    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
