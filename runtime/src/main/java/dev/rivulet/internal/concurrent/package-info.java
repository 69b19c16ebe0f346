/** Loops that share their work with idle threads, and uninterruptible waits. */
@NullMarked
package dev.rivulet.internal.concurrent;

import org.jspecify.annotations.NullMarked;
