package io.millrace.serve;

import io.millrace.event.Row;

/// Reads the instances of a body, one after the other. One a thread.
interface Instances {
    /// Fills `row` with each instance in turn, then runs `each`.
    ///
    /// @throws Problem 400 if the body has no instances
    /// @throws io.millrace.event.BadEvent if the instance it is at can't be read
    void read(byte[] bytes, int length, Row row, Runnable each);
}
