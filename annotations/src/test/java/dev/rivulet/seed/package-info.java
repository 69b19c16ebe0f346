/** What the random tests of all modules share. */
@NullMarked
package dev.rivulet.seed;

import org.jspecify.annotations.NullMarked;
