/** The annotations with which a class declares its checkpoint streams. */
@NullMarked
package dev.rivulet.annotations;

import org.jspecify.annotations.NullMarked;
