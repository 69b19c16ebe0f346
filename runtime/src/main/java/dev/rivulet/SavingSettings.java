package dev.rivulet;

import dev.rivulet.store.RetryPolicy;

/**
 * How saves are carried out.
 *
 * @param maxPendingSaves saves that may wait while one is written; 0 if training waits for each
 * @param retries of files that could not be written
 */
record SavingSettings(
        int maxPendingSaves, Backpressure backpressure, DeterminismCheck determinismCheck, RetryPolicy retries) {}
