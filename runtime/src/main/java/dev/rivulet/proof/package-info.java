/** Proves that a run which was stopped goes on as if it had not been: see {@link dev.rivulet.proof.ResumeProof}. */
@NullMarked
package dev.rivulet.proof;

import org.jspecify.annotations.NullMarked;
