/** Copies the training state at a step boundary into reused memory. */
@NullMarked
package dev.rivulet.internal.snapshot;

import org.jspecify.annotations.NullMarked;
