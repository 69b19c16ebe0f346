/** Tensors as dtype, shape and bytes, of any size; and the dotted names of a model's parameters. */
@NullMarked
package dev.rivulet.tensor;

import org.jspecify.annotations.NullMarked;
