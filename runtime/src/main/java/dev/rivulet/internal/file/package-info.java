/** Checkpoint files of all formats, with one codec for each format. */
@NullMarked
package dev.rivulet.internal.file;

import org.jspecify.annotations.NullMarked;
