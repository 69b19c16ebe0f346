/** Tests with a simulated disk that can lose power, or fail, at every operation. */
@NullMarked
package dev.rivulet.crash;

import org.jspecify.annotations.NullMarked;
