/** Saved states of the random generators used in training, and named generators. */
@NullMarked
package dev.rivulet.random;

import org.jspecify.annotations.NullMarked;
