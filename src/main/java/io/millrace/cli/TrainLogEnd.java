package io.millrace.cli;

import java.util.Map;

/// Tells whether a trainer has read all of its log. The end of the log alone does not: its last offsets are marks of
/// transactions.
final class TrainLogEnd implements AutoCloseable {
    private final TopicReader reader;
    private boolean found;

    TrainLogEnd(Map<String, Object> client, String topic) {
        reader = new TopicReader(client, topic);
    }

    /// Whether there is a committed record at `offset` or after it.
    boolean isBehind(long offset) {
        found = false;
        reader.seek(offset);
        reader.read(_ -> {
            found = true;
            return false;
        });
        return found;
    }

    @Override
    public void close() {
        reader.close();
    }
}
