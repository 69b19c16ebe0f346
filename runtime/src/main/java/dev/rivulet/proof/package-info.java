/**
 * For users' tests: {@link dev.rivulet.proof.ResumeProof} verifies that a run which was stopped resumes as if it had
 * not been, {@link dev.rivulet.proof.CheckpointBuilder} makes what hooks are given.
 */
@NullMarked
package dev.rivulet.proof;

import org.jspecify.annotations.NullMarked;
