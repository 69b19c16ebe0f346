/** The seed of random tests. */
@NullMarked
package dev.rivulet.seed;

import org.jspecify.annotations.NullMarked;
