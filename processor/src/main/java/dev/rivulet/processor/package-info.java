/** Reads the declarations of a class, checks them, and writes its callback registry. */
@NullMarked
package dev.rivulet.processor;

import org.jspecify.annotations.NullMarked;
