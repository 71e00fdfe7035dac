package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TestBrokerIT {
    private final String topic = TestBroker.unique("letters");

    @Test
    void reads_by_partition_what_was_sent() {
        TestBroker.createTopic(topic, 2, Map.of());
        TestBroker.produceAll(List.of(letter(1, "c"), letter(0, "a"), letter(0, "b")));

        assertThat(letters()).containsExactly("a", "b", "c");
    }

    @Test
    void reads_only_what_was_committed() {
        TestBroker.createTopic(topic, 1, Map.of());
        Map<String, Object> config =
                Map.of("bootstrap.servers", TestBroker.bootstrapServers(), "transactional.id", topic);
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(letter(0, "kept"));
            producer.commitTransaction();
            producer.beginTransaction();
            var _ = producer.send(letter(0, "aborted"));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            var _ = producer.send(letter(0, "open"));
            producer.flush();

            assertThat(letters()).containsExactly("kept");
        }
    }

    private ProducerRecord<byte[], byte[]> letter(int partition, String letter) {
        return new ProducerRecord<>(topic, partition, null, letter.getBytes(UTF_8));
    }

    private List<String> letters() {
        return TestBroker.readAll(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }
}
