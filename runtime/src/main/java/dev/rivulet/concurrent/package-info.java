/** Work that a waiting thread shares with idle ones. */
@NullMarked
package dev.rivulet.concurrent;

import org.jspecify.annotations.NullMarked;
