/** Computes the weights of derived streams, and protects weights that others need from the user's transforms. */
@NullMarked
package dev.rivulet.internal.derive;

import org.jspecify.annotations.NullMarked;
