/**
 * For users' tests: {@link dev.rivulet.testing.ResumeVerifier} verifies that a run which was stopped resumes as if it had
 * not been, {@link dev.rivulet.testing.CheckpointBuilder} makes what hooks are given.
 */
@NullMarked
package dev.rivulet.testing;

import org.jspecify.annotations.NullMarked;
