/** The moments of training at which a module's and a callback's own code runs. */
@NullMarked
package dev.rivulet.hook;

import org.jspecify.annotations.NullMarked;
