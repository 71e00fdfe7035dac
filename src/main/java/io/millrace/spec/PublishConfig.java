package io.millrace.spec;

import java.time.Duration;

/// The `publish:` block of a spec: when versions leave, never what they are.
///
/// @param every least time between two versions
/// @param keyframe versions from one keyframe to the next, at most
/// @param keep versions that stay readable in the versions topic, at least
public record PublishConfig(Duration every, int keyframe, int keep) {}
