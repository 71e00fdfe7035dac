package io.millrace.cli;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The roles that one process can have, with the topics that each reads or writes.
enum RoleName {
    SPLIT("train", "validation", "test", "dead-letters", "by-id", "decisions"),
    TRAIN("train", "versions", "kept", "metrics", "decisions"),
    GATE("validation", "versions", "kept", "champion", "gate", "commands", "decisions", "judgements", "metrics"),
    SCORE("versions", "kept", "champion", "predictions"),
    SERVE("versions", "kept", "champion");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> topics;

    RoleName(String... topics) {
        this.topics = List.of(topics);
    }

    /// Last words of the names of the topics that some roles need, beside the events.
    static Set<String> topics(Collection<RoleName> roles) {
        var words = new HashSet<String>();
        roles.forEach(role -> words.addAll(role.topics));
        return words;
    }

    boolean readsEvents() {
        return this == SPLIT || this == SCORE;
    }

    /// As it is written on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
