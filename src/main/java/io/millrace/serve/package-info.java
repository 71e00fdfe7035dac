/// Answers over HTTP with the newest version, and swaps versions while it answers.
///
/// | in | out |
/// |---|---|
/// | `POST /invocations`: instances as JSON or CSV | one prediction an instance, and the version that made them |
/// | `GET /ping`, `/metrics`, `/models` | whether, how, and with what it serves |
///
/// **Promise.** A request reads the current version once and is answered by it alone. No thread waits for a client:
/// bodies
/// are read asynchronously under a deadline. Features are made by the split's own code.
///
/// **Not here.** How versions come ([io.millrace.model.Follower]).
@NullMarked
package io.millrace.serve;

import org.jspecify.annotations.NullMarked;
