/// How fast, how fresh and how good: measured by hand, never by the build. `docs/benchmarks.md` has the figures.
///
/// `mvn -q test-compile exec:exec@bench -Dbench=speed`, or any other name that [io.millrace.bench.Bench] lists.
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
