package io.millrace.model;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Consumers that see committed records only and belong to no group: what they read stays where it is, and no topic is
/// made by asking for it.
public final class Committed {
    private static final int GLANCE_MS = 5;

    private Committed() {}

    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @param reset where to go on if an offset is gone: `earliest`, or `none` to be told
    /// @throws org.apache.kafka.common.KafkaException if the properties are wrong
    public static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client, String reset) {
        var properties = new HashMap<>(client);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reset);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// The same for a look at what is there now, which reads to the end and closes.
    public static KafkaConsumer<byte[], byte[]> glance(Map<String, Object> client, String reset) {
        return consumer(client, reset, GLANCE_MS);
    }

    /// The same with fetches that wait no longer than so for what has not come: half a second otherwise. What the
    /// consumer asks meanwhile, such as where a topic ends, and its close wait behind the fetch under way.
    public static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client, String reset, int waitMillis) {
        var properties = new HashMap<>(client);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, waitMillis);
        return consumer(properties, reset);
    }
}
