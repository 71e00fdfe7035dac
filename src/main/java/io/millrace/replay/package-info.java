/// The same steps driven from a log range or from files, as fast as the machine can, without Kafka Streams.
///
/// | in | out |
/// |---|---|
/// | a block topic, an events topic, or files | the weights, digest and metrics that live training over it has |
///
/// **Promise.** From a block topic the weights have the bits of the live trainer at the same offset. Nothing is written
/// to Kafka.
@NullMarked
package io.millrace.replay;

import org.jspecify.annotations.NullMarked;
