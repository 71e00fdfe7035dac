package io.millrace.role;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A name of this process that outlives it: the content of a file in the state directory that this process keeps
/// locked.
///
/// Without a persistent store Kafka Streams draws a random process id at every start, so the next start could not fence
/// the
/// last one's open transaction, and readers would wait for its timeout. A stable `transactional.id` fences it at once.
/// Several processes may share a directory: each takes the first file that nobody holds.
final class InstanceId implements AutoCloseable {
    private static final int MOST = 1_000;

    private final String id;
    private final FileChannel channel;
    private final FileLock lock;

    private InstanceId(String id, FileChannel channel, FileLock lock) {
        this.id = id;
        this.channel = channel;
        this.lock = lock;
    }

    /// @param directory made if absent
    static InstanceId in(Path directory) {
        try {
            Files.createDirectories(directory);
            for (var slot = 0; slot < MOST; slot++) {
                var taken = take(directory.resolve("instance-" + slot));
                if (taken != null) {
                    return taken;
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("state directory " + directory + " can't be used", failure);
        }
        throw new IllegalStateException(
                "state directory " + directory + ": all " + MOST + " instance files are locked");
    }

    private static @Nullable InstanceId take(Path file) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock();
            if (lock != null) {
                return new InstanceId(readOrWrite(channel), channel, lock);
            }
        } catch (OverlappingFileLockException heldInThisProcess) {
            // another role of this process holds the slot: the next one is tried
        }
        channel.close();
        return null;
    }

    private static String readOrWrite(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(64);
        channel.read(bytes, 0);
        var known = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        if (known.matches("[0-9a-f-]{36}")) {
            return known;
        }
        var fresh = UUID.randomUUID().toString();
        channel.truncate(0).write(ByteBuffer.wrap(fresh.getBytes(StandardCharsets.UTF_8)), 0);
        channel.force(true);
        return fresh;
    }

    /// The name itself.
    String name() {
        return id;
    }

    /// The id that Streams made (`application-process-thread`) with the process part replaced by this name.
    ///
    /// @throws IllegalStateException if Streams writes its ids otherwise
    String transactionalId(String made) {
        var thread = made.lastIndexOf('-');
        var process = thread - 37; // the dash and the 36 characters of a UUID before the thread
        if (process < 1 || made.charAt(process) != '-') {
            throw new IllegalStateException("transactional.id = " + made + ": expected application-process-thread");
        }
        return made.substring(0, process + 1) + id + made.substring(thread);
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
