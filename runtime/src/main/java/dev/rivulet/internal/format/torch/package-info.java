/** The zip files of {@code torch.save}, read without executing anything. */
@NullMarked
package dev.rivulet.internal.format.torch;

import org.jspecify.annotations.NullMarked;
