/**
 * Decides when one checkpoint stream saves, under which name, and what it keeps. Pure: without a clock, a disk or
 * static state; a sequence of hook calls drives it.
 */
@NullMarked
package dev.rivulet.internal.retention;

import org.jspecify.annotations.NullMarked;
