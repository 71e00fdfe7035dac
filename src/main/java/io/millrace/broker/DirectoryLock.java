package io.millrace.broker;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The right to a broker's directory, held until it is closed or its process ends, however it ends.
///
/// Kafka has a lock of its own there, which it takes late and reports with a stack trace.
final class DirectoryLock implements AutoCloseable {
    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /// @throws BrokerException if another broker holds it, or if the directory can't be written
    static DirectoryLock acquire(Path directory) {
        try {
            Files.createDirectories(directory);
            var channel = FileChannel.open(directory.resolve("millrace.lock"), CREATE, WRITE);
            if (holds(channel)) {
                return new DirectoryLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new BrokerException("broker.directory = " + directory + " can't be written: " + e, e);
        }
        throw new BrokerException("broker.directory = " + directory
                + " is in use: expected one that no other broker runs on, here or in another process");
    }

    private static boolean holds(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false; // held by this very process
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
