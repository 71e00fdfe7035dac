package io.millrace.cli;

import io.millrace.event.BadEvent;
import io.millrace.event.FileEvents;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A file on its way to the events topic: row after row, each when it is due. A row is an event, so the offset of an
/// event in a topic that only
/// this fills is its row, and a production that was cut off goes on at the topic's end.
final class Production implements AutoCloseable {
    private final Path path;
    private final FileEvents file;
    private final EventProducer producer;
    private final EventTimes times;
    private long row;
    private long sent;
    private byte @Nullable [] next;

    /// @param columns names of the spec for names in the file
    /// @throws CommandException if the file does not fit the topic
    Production(Spec spec, Map<String, Object> client, Path path, Map<String, String> columns) throws IOException {
        this.path = path;
        try {
            file = FileEvents.open(
                    path,
                    spec.events().format(),
                    spec.schemaText(),
                    columns,
                    spec.events().redacted());
        } catch (IllegalArgumentException e) {
            throw CommandException.wrong(String.valueOf(e.getMessage()));
        }
        requireFields(spec);
        producer = new EventProducer(client, spec.events().topic());
        times = new EventTimes(spec);
    }

    /// The label may be missing: such events are scored, and teach nothing.
    private void requireFields(Spec spec) throws IOException {
        var there = file.fields();
        if (there.isEmpty()) {
            return;
        }
        for (var name : spec.fields().names()) {
            if (!there.contains(name) && !name.equals(spec.label().field())) {
                file.close();
                throw CommandException.wrong("file " + path + ": field " + name + " has no column: expected one of "
                        + there + ", or --rename COLUMN=" + name);
            }
        }
    }

    /// Passes over rows without sending them.
    ///
    /// @throws CommandException if there are not so many
    void skip(long rows) throws IOException {
        for (; row < rows; row++) {
            if (!file.next()) {
                throw CommandException.wrong("the topic has " + rows + " events and the file " + row
                        + " rows: expected a topic that only this file fills");
            }
        }
    }

    /// Rows behind: sent or passed over.
    long row() {
        return row;
    }

    /// Events sent.
    long sent() {
        return sent;
    }

    /// Event time of the next row, milliseconds since 1970.
    ///
    /// @return null after the last
    @Nullable
    Long peek() throws IOException {
        var value = next();
        return value == null ? null : time(value);
    }

    /// Sends rows while they are earlier than `end`, each when it is due.
    ///
    /// @param end event time at which to pause, milliseconds since 1970
    /// @param most rows in all, those passed over among them
    /// @param idle told while it waits and now and then
    /// @return whether all is done: false if a stop is wanted
    boolean send(Pace pace, long end, long most, Stop stop, Runnable idle) throws IOException {
        var start = System.nanoTime();
        var first = sent;
        for (var value = next(); value != null && row < most; value = next()) {
            var time = end == Long.MAX_VALUE && pace.equals(Pace.FASTEST) ? 0 : time(value);
            if (time >= end) {
                break;
            }
            var due = start + pace.due(sent - first, time);
            while (due - System.nanoTime() > 0) {
                if (stop.await(Math.min(due - System.nanoTime(), 100_000_000))) {
                    producer.flush();
                    return false;
                }
                idle.run();
            }
            producer.send(value);
            next = null;
            row++;
            if ((++sent & 1023) == 0) {
                if (stop.isWanted()) {
                    producer.flush();
                    return false;
                }
                idle.run();
            }
        }
        producer.flush();
        return true;
    }

    private byte @Nullable [] next() throws IOException {
        if (next == null && file.next()) {
            try {
                next = file.value();
            } catch (BadEvent e) {
                throw CommandException.failed(
                        path + " row " + (row + 1) + " is no event of the topic: " + e.getMessage());
            }
        }
        return next;
    }

    private long time(byte[] value) {
        try {
            return times.of(value);
        } catch (BadEvent e) {
            throw CommandException.failed(path + " row " + (row + 1) + " has no time: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        producer.close();
        file.close();
    }
}
