package io.millrace.role;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/// A consumer whose `poll` gives [Bundle]s. Everything else goes straight through.
final class BundlingConsumer implements InvocationHandler {
    private final Consumer<byte[], byte[]> consumer;

    private BundlingConsumer(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    @SuppressWarnings("unchecked") // the proxy's type has no parameters
    static Consumer<byte[], byte[]> over(Consumer<byte[], byte[]> consumer) {
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                BundlingConsumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                new BundlingConsumer(consumer));
    }

    @Override
    @SuppressWarnings("unchecked") // poll gives what the consumer was made for
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            var result = method.invoke(consumer, arguments);
            return method.getName().equals("poll") && result instanceof ConsumerRecords<?, ?> records
                    ? bundled((ConsumerRecords<byte[], byte[]>) records)
                    : result;
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    static ConsumerRecords<byte[], byte[]> bundled(ConsumerRecords<byte[], byte[]> records) {
        if (records.isEmpty()) {
            return records;
        }
        var bundles = new HashMap<org.apache.kafka.common.TopicPartition, List<ConsumerRecord<byte[], byte[]>>>();
        for (var partition : records.partitions()) {
            bundles.put(partition, bundled(records.records(partition)));
        }
        return new ConsumerRecords<>(bundles, records.nextOffsets());
    }

    private static List<ConsumerRecord<byte[], byte[]>> bundled(List<ConsumerRecord<byte[], byte[]>> records) {
        var bundles = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var from = 0;
        var bytes = 0;
        for (var i = 0; i < records.size(); i++) {
            bytes += Bundle.size(records.get(i));
            if (bytes >= Bundle.MOST_BYTES || i == records.size() - 1) {
                bundles.add(Bundle.of(records.subList(from, i + 1), bytes));
                from = i + 1;
                bytes = 0;
            }
        }
        return bundles;
    }
}
