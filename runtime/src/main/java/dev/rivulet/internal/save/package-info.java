/** Saving: the training thread copies what is due; the writer thread transforms, writes and commits it. */
@NullMarked
package dev.rivulet.internal.save;

import org.jspecify.annotations.NullMarked;
