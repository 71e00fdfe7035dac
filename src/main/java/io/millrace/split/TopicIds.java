package io.millrace.split;

import java.util.stream.Stream;

/// The ids of all events of a topic, each in the partition that it belongs to: what the split tasks of
/// `across: topic` remember together.
public final class TopicIds implements Ids {
    private final Seen[] partitions;

    /// @param partitions how many the topic of events by id has
    public TopicIds(DedupeConfig config, int partitions) {
        this.partitions =
                Stream.generate(() -> new Seen(config)).limit(partitions).toArray(Seen[]::new);
    }

    /// The partition of an id, by its upper bits: the lower ones are its slot in an [IdTable].
    public static int partition(long id, int partitions) {
        return (int) Math.unsignedMultiplyHigh(id, partitions);
    }

    @Override
    public boolean add(long id, long eventTime) {
        return partitions[partition(id, partitions.length)].add(id, eventTime);
    }
}
