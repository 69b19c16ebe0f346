package dev.rivulet.training;

import java.time.Duration;

/**
 * How long and how often.
 *
 * @param maxEpochs epochs after which training ends; −1 for no limit
 * @param maxSteps optimizer steps after which training ends; −1 for no limit
 * @param limitTrainBatches at most this many batches of an epoch are used
 * @param limitValBatches at most this many batches of a validation are used
 * @param checkValEveryNEpoch validation runs in every n-th epoch only
 * @param validationInterval when within an epoch validation runs
 * @param numSanityValSteps validation batches that are run before training to prove that validation works; −1 for all
 * @param accumulateGradBatches batches whose gradients are added up for one optimizer step
 * @param shutdownBudget time that a run gets from SIGTERM or Ctrl-C to its end
 */
public record LoopSettings(
        int maxEpochs,
        long maxSteps,
        int limitTrainBatches,
        int limitValBatches,
        int checkValEveryNEpoch,
        ValidationInterval validationInterval,
        int numSanityValSteps,
        int accumulateGradBatches,
        Duration shutdownBudget) {

    /** Refuses numbers that make no sense, each with what was meant instead. */
    public LoopSettings {
        require(maxEpochs >= -1, "maxEpochs", maxEpochs, "0 or more, or -1 for no limit");
        require(maxSteps >= -1, "maxSteps", maxSteps, "0 or more, or -1 for no limit");
        require(maxEpochs != -1 || maxSteps != -1, "maxEpochs", maxEpochs, "a limit, unless maxSteps is one");
        require(limitTrainBatches >= 1, "limitTrainBatches", limitTrainBatches, "1 or more");
        require(limitValBatches >= 0, "limitValBatches", limitValBatches, "0 or more");
        require(checkValEveryNEpoch >= 1, "checkValEveryNEpoch", checkValEveryNEpoch, "1 or more");
        require(numSanityValSteps >= -1, "numSanityValSteps", numSanityValSteps, "0 or more, or -1 for all batches");
        require(accumulateGradBatches >= 1, "accumulateGradBatches", accumulateGradBatches, "1 or more");
        require(!shutdownBudget.isNegative(), "shutdownBudget", shutdownBudget.toMillis(), "0 ms or more");
    }

    /** Validation batches that are run before training at most. */
    int sanityBatches() {
        return numSanityValSteps == -1 ? limitValBatches : Math.min(numSanityValSteps, limitValBatches);
    }

    private static void require(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be " + expected + ".");
        }
    }
}
