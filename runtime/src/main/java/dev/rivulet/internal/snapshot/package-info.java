/** One copy of the training state, taken at a step boundary into reused memory. */
@NullMarked
package dev.rivulet.internal.snapshot;

import org.jspecify.annotations.NullMarked;
