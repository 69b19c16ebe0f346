/** DJL's PyTorch engine and its process-wide and thread-local settings. */
@NullMarked
package dev.rivulet.internal.engine;

import org.jspecify.annotations.NullMarked;
