package io.millrace.role;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/// Questions to the broker that a role asks before it starts.
final class Offsets {
    private Offsets() {}

    /// What a consumer of this application does where a partition has no committed offset: on a first start it reads
    /// from the
    /// beginning; after it, an offset that is gone must stop the start, never silently skip or learn again.
    static String reset(Map<String, Object> client, String application) {
        try (var admin = Admin.create(client)) {
            var committed = admin.listConsumerGroupOffsets(application)
                    .partitionsToOffsetAndMetadata()
                    .get();
            return committed.isEmpty() ? "earliest" : "none";
        } catch (ExecutionException failure) {
            throw unreachable(client, failure);
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
    }

    /// The id that the broker gave a topic: another one under the same name means that it was made anew.
    static String topicId(Map<String, Object> client, String topic) {
        try (var admin = Admin.create(client)) {
            return Objects.requireNonNull(
                            admin.describeTopics(List.of(topic))
                                    .allTopicNames()
                                    .get()
                                    .get(topic),
                            topic)
                    .topicId()
                    .toString();
        } catch (ExecutionException failure) {
            throw unreachable(client, failure);
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
    }

    private static RoleException unreachable(Map<String, Object> client, ExecutionException failure) {
        return new RoleException(
                "bootstrap.servers = " + client.get("bootstrap.servers") + ": " + failure.getCause(), failure);
    }

    private static RoleException interrupted(InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new RoleException("stopped while starting", stopped);
    }
}
