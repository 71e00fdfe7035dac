/// The whole spec of a model: one YAML file over commented defaults, bound to records; every fault with its line.
@NullMarked
package io.millrace.spec;

import org.jspecify.annotations.NullMarked;
