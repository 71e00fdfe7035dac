/// Step 6 of 6: immutable versions. Cells, digest, manifest, keyframes and deltas, followers.
///
/// **Promise.** A version is whole, checked against its digest and bounds, or it is refused and never served.
@NullMarked
package io.millrace.model;

import org.jspecify.annotations.NullMarked;
