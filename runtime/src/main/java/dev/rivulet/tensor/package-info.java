/** Tensors as bytes: dtype, shape and memory beyond 2 GiB; and the names of parameters. */
@NullMarked
package dev.rivulet.tensor;

import org.jspecify.annotations.NullMarked;
