/** Tensors as bytes: dtype, shape, memory beyond 2 GiB, and the bridge to DJL's arrays and blocks. */
@NullMarked
package dev.rivulet.tensor;

import org.jspecify.annotations.NullMarked;
