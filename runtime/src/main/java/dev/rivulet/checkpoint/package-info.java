/** What is said of checkpoints that are saved, verified or loaded, and every exception that a user may catch. */
@NullMarked
package dev.rivulet.checkpoint;

import org.jspecify.annotations.NullMarked;
