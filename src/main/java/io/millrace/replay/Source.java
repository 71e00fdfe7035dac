package io.millrace.replay;

import java.io.Closeable;
import java.io.IOException;

/// What is replayed, in order. Where it ends is fixed when it is opened.
public interface Source extends Closeable {
    /// Hands on the next few blocks or events.
    ///
    /// @return false after the last
    /// @throws ReplayException if it is no log of this spec, or broken
    boolean advance(Replay into) throws IOException;

    /// How much of it was handed on, from 0 to 1.
    double fraction() throws IOException;

    @Override
    void close();
}
