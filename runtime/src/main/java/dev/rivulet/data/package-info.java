/** Passes over data sets. */
@NullMarked
package dev.rivulet.data;

import org.jspecify.annotations.NullMarked;
