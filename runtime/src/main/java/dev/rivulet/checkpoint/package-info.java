/** Descriptions of saved, verified and loaded checkpoints, and every exception that a user may catch. */
@NullMarked
package dev.rivulet.checkpoint;

import org.jspecify.annotations.NullMarked;
