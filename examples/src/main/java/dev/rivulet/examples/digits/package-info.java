/** A small convolutional net that learns handwritten digits and saves four checkpoint streams. */
@NullMarked
package dev.rivulet.examples.digits;

import org.jspecify.annotations.NullMarked;
