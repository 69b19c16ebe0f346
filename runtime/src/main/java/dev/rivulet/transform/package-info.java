/** Transforms ready to use. */
@NullMarked
package dev.rivulet.transform;

import org.jspecify.annotations.NullMarked;
