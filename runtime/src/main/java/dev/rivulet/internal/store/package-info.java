/** Crash-safe checkpoint directories: a group of files is written, committed by its manifest, and then published. */
@NullMarked
package dev.rivulet.internal.store;

import org.jspecify.annotations.NullMarked;
