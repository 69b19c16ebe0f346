/** Allocation and checksums of native memory. */
@NullMarked
package dev.rivulet.internal.memory;

import org.jspecify.annotations.NullMarked;
