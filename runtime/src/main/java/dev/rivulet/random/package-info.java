/** States of the random generators that training draws from, and named generators whose state can be saved. */
@NullMarked
package dev.rivulet.random;

import org.jspecify.annotations.NullMarked;
