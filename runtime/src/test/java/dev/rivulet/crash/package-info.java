/** A disk that can be cut off from power, or fail, at every single operation. */
@NullMarked
package dev.rivulet.crash;

import org.jspecify.annotations.NullMarked;
