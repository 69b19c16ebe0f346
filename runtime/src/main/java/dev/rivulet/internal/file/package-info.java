/** Checkpoint files, whatever their format: one codec for each. */
@NullMarked
package dev.rivulet.internal.file;

import org.jspecify.annotations.NullMarked;
