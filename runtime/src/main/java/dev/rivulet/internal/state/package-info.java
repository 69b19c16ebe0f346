/** Maps the training state to the entries of a checkpoint and back. */
@NullMarked
package dev.rivulet.internal.state;

import org.jspecify.annotations.NullMarked;
