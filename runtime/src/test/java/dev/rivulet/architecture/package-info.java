/** Measures what docs/architecture.md promises. */
@NullMarked
package dev.rivulet.architecture;

import org.jspecify.annotations.NullMarked;
