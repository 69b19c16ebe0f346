/** Where a run starts: how the checkpoint to resume from is found, checked and restored. */
@NullMarked
package dev.rivulet.internal.resume;

import org.jspecify.annotations.NullMarked;
