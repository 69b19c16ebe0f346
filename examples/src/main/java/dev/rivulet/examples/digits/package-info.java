/** A small convolutional net learns handwritten digits and leaves four checkpoint streams behind. */
@NullMarked
package dev.rivulet.examples.digits;

import org.jspecify.annotations.NullMarked;
