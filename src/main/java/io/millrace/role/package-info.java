/// One class a role, carrying only: split, train and score as Kafka Streams topologies, and the hook by which what they
/// hold in memory leaves in the very transaction that commits the offsets it came from.
@NullMarked
package io.millrace.role;

import org.jspecify.annotations.NullMarked;
