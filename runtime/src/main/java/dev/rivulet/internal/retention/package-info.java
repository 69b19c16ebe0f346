/**
 * The decisions and the retention state of one checkpoint stream: when it saves, under which name, and what it
 * keeps. Pure: no clock, no disk, no static state; a list of events drives it.
 */
@NullMarked
package dev.rivulet.internal.retention;

import org.jspecify.annotations.NullMarked;
