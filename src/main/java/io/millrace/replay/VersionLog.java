package io.millrace.replay;

import io.millrace.event.Wire;
import io.millrace.model.Model;
import io.millrace.model.VersionReader;
import io.millrace.schema.VersionRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// A versions topic: what of it can still be read.
public final class VersionLog {
    private VersionLog() {}

    /// Folds the whole topic up to its end as of now.
    ///
    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @param numbers of the versions wanted
    /// @return them, by number
    /// @throws ReplayException if the topic does not exist, or one is not there or broken: says which are there
    public static Map<Long, Model> find(Map<String, Object> client, String topic, Collection<Long> numbers) {
        var found = new HashMap<Long, Model>();
        var reader = new VersionReader();
        var first = 0L;
        try (var log = new LogReader(client, topic)) {
            var partition = log.partitions().getFirst();
            while (log.position(partition) < log.end(partition)) {
                for (var record : log.poll()) {
                    var version = accept(reader, record.value());
                    if (version != null) {
                        var number = version.manifest().getVersion();
                        first = first == 0 ? number : first;
                        if (numbers.contains(number)) {
                            found.put(number, version);
                        }
                    }
                }
            }
        }
        for (var number : numbers) {
            if (!found.containsKey(number)) {
                throw new ReplayException(
                        "version " + number + " is not in " + topic + ": expected " + known(first, reader));
            }
        }
        return found;
    }

    private static @org.jspecify.annotations.Nullable Model accept(VersionReader reader, byte[] value) {
        try {
            return reader.accept(Wire.decode(VersionRecord.getDecoder(), value));
        } catch (IllegalArgumentException e) {
            reader.refuse(e.getMessage());
            return null;
        }
    }

    private static String known(long first, VersionReader reader) {
        var newest = reader.current();
        if (newest == null) {
            return "one that can be read there, and none can";
        }
        var broken = reader.refused() == 0 ? "" : "; broken: " + reader.reason();
        return "one of " + first + " to " + newest.manifest().getVersion() + ", which are there" + broken
                + "\n  Older ones go as `publish.keep` says; `millrace replay --out` keeps one as files.";
    }
}
