/** What random tests share. */
@NullMarked
package dev.rivulet.seed;

import org.jspecify.annotations.NullMarked;
