/** Reads and writes the zip files of {@code torch.save}, without executing anything in them. */
@NullMarked
package dev.rivulet.internal.format.torch;

import org.jspecify.annotations.NullMarked;
