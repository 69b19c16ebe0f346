package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.Backpressure;
import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.internal.store.RetryPolicy;
import java.time.Duration;

/**
 * How saves are carried out.
 *
 * @param maxPendingSaves saves that may wait while one is written; 0 if training waits for each
 * @param retries of files that could not be written
 * @param slowCallWarning time after which a call of user code that has not returned is warned of
 */
public record SaveSettings(
        int maxPendingSaves,
        Backpressure backpressure,
        DeterminismCheck determinismCheck,
        RetryPolicy retries,
        Duration slowCallWarning) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming the setting that is invalid
     */
    public SaveSettings {
        if (maxPendingSaves < 0) {
            throw new IllegalArgumentException("maxPendingSaves is " + maxPendingSaves
                    + ", but must be a number of saves, or 0 for training to wait for each.");
        }
        if (slowCallWarning.isNegative() || slowCallWarning.isZero()) {
            throw new IllegalArgumentException("slowCallWarning is " + slowCallWarning
                    + ", but must be positive; choose a long time for no warnings.");
        }
    }
}
