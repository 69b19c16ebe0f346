/** The loop that trains: its hooks in Lightning's order, its metrics, its progress. */
@NullMarked
package dev.rivulet.internal.loop;

import org.jspecify.annotations.NullMarked;
