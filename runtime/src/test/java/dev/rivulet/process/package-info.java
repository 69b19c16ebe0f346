/** Processes that tests start. */
@NullMarked
package dev.rivulet.process;

import org.jspecify.annotations.NullMarked;
