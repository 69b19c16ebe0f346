/**
 * Support for users' tests: {@link dev.rivulet.testing.ResumeVerifier} verifies that runs resume exactly,
 * {@link dev.rivulet.testing.CheckpointBuilder} creates checkpoints for unit tests of hooks.
 */
@NullMarked
package dev.rivulet.testing;

import org.jspecify.annotations.NullMarked;
