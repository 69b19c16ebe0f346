/** How threads wait: by sharing their work with idle ones, and without being interrupted. */
@NullMarked
package dev.rivulet.internal.concurrent;

import org.jspecify.annotations.NullMarked;
