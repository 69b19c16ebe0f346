/** The process-wide switches of DJL's PyTorch engine. */
@NullMarked
package dev.rivulet.internal.engine;

import org.jspecify.annotations.NullMarked;
