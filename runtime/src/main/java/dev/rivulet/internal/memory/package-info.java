/** Native memory by the byte: its allocation and its checksums. */
@NullMarked
package dev.rivulet.internal.memory;

import org.jspecify.annotations.NullMarked;
