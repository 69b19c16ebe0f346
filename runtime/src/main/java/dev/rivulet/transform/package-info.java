/** Transforms of weights: their arguments, and transforms that are ready to use. */
@NullMarked
package dev.rivulet.transform;

import org.jspecify.annotations.NullMarked;
