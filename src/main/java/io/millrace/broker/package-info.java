/// Kafka itself, in this process: what lets one command show everything.
///
/// | in | out |
/// |---|---|
/// | a directory and a port | one KRaft node, broker and controller at once, on the loopback address |
///
/// **Promise.** The directory holds all there is: a broker started on it again has the same topics, records and
/// offsets. Two brokers never share one.
///
/// **Not here.** Topics and their rights ([io.millrace.role], [io.millrace.cli]). For more than one machine, run a real
/// cluster.
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
