/**
 * The decisions and books of one checkpoint stream: when it saves, under which name, and what it keeps. Pure: no clock,
 * no disk, no static state; a list of events drives it.
 */
@NullMarked
package dev.rivulet.stream;

import org.jspecify.annotations.NullMarked;
