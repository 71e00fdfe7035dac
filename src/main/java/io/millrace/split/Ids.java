package io.millrace.split;

/// What knows which ids came before.
@FunctionalInterface
public interface Ids {
    /// Remembers an id.
    ///
    /// @param id hash of the id fields
    /// @param eventTime milliseconds since 1970
    /// @return whether it is new; if not, its event is a duplicate
    boolean add(long id, long eventTime);
}
