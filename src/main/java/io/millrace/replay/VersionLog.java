package io.millrace.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.event.Wire;
import io.millrace.model.KeptVersions;
import io.millrace.model.Model;
import io.millrace.model.VersionReader;
import io.millrace.schema.VersionRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The versions of a lineage that can still be read: those of its versions topic, and those that are kept longer.
public final class VersionLog {
    private final Map<String, Object> client;
    private final String versions;
    private final String kept;
    private final VersionReader reader = new VersionReader();
    private long first;

    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @param versions topic of the lineage
    /// @param kept topic of the versions that live longer; need not exist
    public VersionLog(Map<String, Object> client, String versions, String kept) {
        this.client = client;
        this.versions = versions;
        this.kept = kept;
    }

    /// Folds the versions topic up to its end as of now, and looks for what is missing among those kept. To be called
    /// once.
    ///
    /// @param numbers of the versions wanted
    /// @return them, by number
    /// @throws ReplayException if the versions topic does not exist, or one is in neither: says which are there
    public Map<Long, Model> find(Collection<Long> numbers) {
        var found = fold(numbers);
        if (!found.keySet().containsAll(numbers)) {
            var longer = kept();
            for (var number : numbers) {
                if (!found.containsKey(number)) {
                    found.put(number, kept(number, longer));
                }
            }
        }
        return found;
    }

    /// The same, without those that are gone.
    Map<Long, Model> left(Collection<Long> numbers) {
        var found = fold(numbers);
        var longer = kept();
        for (var number : numbers) {
            if (!found.containsKey(number) && longer.contains(number)) {
                found.put(number, kept(number, longer));
            }
        }
        return found;
    }

    private Map<Long, Model> fold(Collection<Long> numbers) {
        var found = new HashMap<Long, Model>();
        try (var log = new LogReader(client, versions)) {
            var partition = log.partitions().getFirst();
            while (log.position(partition) < log.end(partition)) {
                for (var record : log.poll()) {
                    var version = accept(record.value());
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
        return found;
    }

    private @Nullable Model accept(byte[] value) {
        try {
            return reader.accept(Wire.decode(VersionRecord.getDecoder(), value));
        } catch (IllegalArgumentException e) {
            reader.refuse(e.getMessage());
            return null;
        }
    }

    private Model kept(long number, SortedSet<Long> longer) {
        var found =
                longer.contains(number) ? KeptVersions.find(client, kept, versions, number) : Optional.<Model>empty();
        return found.orElseThrow(() -> new ReplayException(
                "version " + number + " is not in " + versions + ": expected one of " + known(longer)));
    }

    /// Numbers of the versions kept: the keys of their manifests.
    private SortedSet<Long> kept() {
        var numbers = new TreeSet<Long>();
        if (!LogReader.exists(client, kept)) {
            return numbers;
        }
        try (var log = new LogReader(client, kept)) {
            var partition = log.partitions().getFirst();
            while (log.position(partition) < log.end(partition)) {
                for (var record : log.poll()) {
                    var key = record.key() == null ? "/" : new String(record.key(), US_ASCII);
                    if (!key.contains("/")) {
                        var _ = record.value() == null
                                ? numbers.remove(Long.valueOf(key))
                                : numbers.add(Long.valueOf(key));
                    }
                }
            }
        }
        return numbers;
    }

    private String known(SortedSet<Long> longer) {
        var newest = reader.current();
        var known = newest == null ? "none" : first + " to " + newest.manifest().getVersion();
        var others = longer.isEmpty()
                ? ""
                : ", or of the kept " + longer.stream().map(String::valueOf).collect(Collectors.joining(", "));
        var broken = reader.refused() == 0 ? "" : " (broken: " + reader.reason() + ")";
        return known + broken + others
                + "\n  Older ones go as `publish.keep` says; `millrace replay --out` keeps one as files.";
    }
}
