package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import java.util.OptionalInt;

/**
 * When a trainer validates, which determines the hook at which an epoch is saved.
 *
 * @param timeBased whether validation follows the clock
 * @param checkValEveryNEpoch validates in every n-th epoch; empty if batches are counted across epochs
 * @param valBatches batches of one validation over all data loaders; 0 for no validation
 * @param valCheckInterval fraction of the epoch (up to 1.0), or number of batches, between validations
 */
public record ValidationSchedule(
        boolean timeBased, OptionalInt checkValEveryNEpoch, long valBatches, double valCheckInterval) {

    /** Whether an epoch is saved at the end of the training epoch rather than at the end of validation. */
    public boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting) {
        return switch (setting) {
            case TRUE -> true;
            case FALSE -> false;
            case AUTO ->
                !timeBased && checkValEveryNEpoch.orElse(0) == 1 && (valBatches == 0 || valCheckInterval == 1.0);
        };
    }
}
