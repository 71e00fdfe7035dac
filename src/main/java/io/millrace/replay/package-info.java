/// The same steps driven from a log range or from files, as fast as the machine can, without Kafka Streams.
@NullMarked
package io.millrace.replay;

import org.jspecify.annotations.NullMarked;
