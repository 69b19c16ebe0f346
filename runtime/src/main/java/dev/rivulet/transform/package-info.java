/** Transforms of weights: what they are given, and some that are ready to use. */
@NullMarked
package dev.rivulet.transform;

import org.jspecify.annotations.NullMarked;
