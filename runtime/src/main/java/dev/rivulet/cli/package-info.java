/** Programs to be run from a command line. */
@NullMarked
package dev.rivulet.cli;

import org.jspecify.annotations.NullMarked;
