/// Step 5 of 6: how good predictions are. Progressive metrics now; held-out metrics, intervals and the gate's rule
/// later.
@NullMarked
package io.millrace.evaluate;

import org.jspecify.annotations.NullMarked;
