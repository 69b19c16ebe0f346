/** Files that are complete and durable before they are visible. */
@NullMarked
package dev.rivulet.internal.store;

import org.jspecify.annotations.NullMarked;
