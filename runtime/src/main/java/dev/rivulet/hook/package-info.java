/** The points of training at which the code of modules and callbacks runs. */
@NullMarked
package dev.rivulet.hook;

import org.jspecify.annotations.NullMarked;
