/** Hooks of training that modules and callbacks implement. */
@NullMarked
package dev.rivulet.hook;

import org.jspecify.annotations.NullMarked;
