/** The training state: what of it is saved, and how it is restored. */
@NullMarked
package dev.rivulet.internal.state;

import org.jspecify.annotations.NullMarked;
