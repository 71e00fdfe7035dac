/// The arithmetic over float arrays. [io.millrace.kernel.ScalarKernel] is the definition; a faster kernel is right when
/// it agrees with it.
///
/// **Promise.** No Kafka, no Avro, no clock, no allocation, no logging. The same bits on every CPU; a device has its
/// own,
/// and the same again after any restart.
@NullMarked
package io.millrace.kernel;

import org.jspecify.annotations.NullMarked;
