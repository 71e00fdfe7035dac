/// Seeded generators of events for tests and benchmarks.
package io.millrace.generate;
