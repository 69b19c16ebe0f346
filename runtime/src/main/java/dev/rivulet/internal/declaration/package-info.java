/** The streams that a module declares: its generated registries, and the graph of its streams. */
@NullMarked
package dev.rivulet.internal.declaration;

import org.jspecify.annotations.NullMarked;
