/** Finds, verifies and restores the checkpoint from which a run resumes. */
@NullMarked
package dev.rivulet.internal.resume;

import org.jspecify.annotations.NullMarked;
