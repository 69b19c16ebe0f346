/** The training loop: hooks in Lightning's order, metrics, progress. */
@NullMarked
package dev.rivulet.internal.loop;

import org.jspecify.annotations.NullMarked;
