/** What a module's classes declare: their generated registries, and the graph of streams that these make. */
@NullMarked
package dev.rivulet.internal.declaration;

import org.jspecify.annotations.NullMarked;
