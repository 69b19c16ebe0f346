package dev.rivulet.internal.loop;

import java.time.Duration;

/**
 * How long and how often.
 *
 * @param limits after how much work training ends
 * @param validation when validation runs
 * @param accumulateGradBatches batches whose gradients are added up for one optimizer step
 * @param shutdownBudget time that a run gets from SIGTERM or Ctrl-C to its end
 */
public record LoopSettings(Limits limits, Validation validation, int accumulateGradBatches, Duration shutdownBudget) {

    /** Refuses numbers that make no sense, each with what was meant instead. */
    public LoopSettings {
        require(accumulateGradBatches >= 1, "accumulateGradBatches", accumulateGradBatches, "1 or more");
        require(!shutdownBudget.isNegative(), "shutdownBudget", shutdownBudget.toMillis(), "0 ms or more");
    }

    /** Validation batches that are run before training at most. */
    int sanityBatches() {
        return validation.sanitySteps == -1 ? limits.valBatches : Math.min(validation.sanitySteps, limits.valBatches);
    }

    /**
     * How much is done at most.
     *
     * @param maxEpochs epochs after which training ends; −1 for no limit
     * @param maxSteps optimizer steps after which training ends; −1 for no limit
     * @param trainBatches at most this many batches of an epoch are used
     * @param valBatches at most this many batches of a validation are used
     */
    public record Limits(int maxEpochs, long maxSteps, int trainBatches, int valBatches) {

        /** Refuses numbers that make no sense, each with what was meant instead. */
        public Limits {
            require(maxEpochs >= -1, "maxEpochs", maxEpochs, "0 or more, or -1 for no limit");
            require(maxSteps >= -1, "maxSteps", maxSteps, "0 or more, or -1 for no limit");
            require(maxEpochs != -1 || maxSteps != -1, "maxEpochs", maxEpochs, "a limit, unless maxSteps is one");
            require(trainBatches >= 1, "limitTrainBatches", trainBatches, "1 or more");
            require(valBatches >= 0, "limitValBatches", valBatches, "0 or more");
        }

        boolean allowEpoch(int epochsEnded) {
            return maxEpochs == -1 || epochsEnded < maxEpochs;
        }

        boolean allowStep(long globalStep) {
            return maxSteps == -1 || globalStep < maxSteps;
        }
    }

    /**
     * When validation runs.
     *
     * @param everyNEpoch in every n-th epoch only
     * @param interval when within such an epoch
     * @param sanitySteps batches that are run before training to check that validation works; −1 for all
     */
    public record Validation(int everyNEpoch, ValidationInterval interval, int sanitySteps) {

        /** Refuses numbers that make no sense, each with what was meant instead. */
        public Validation {
            require(everyNEpoch >= 1, "checkValEveryNEpoch", everyNEpoch, "1 or more");
            require(sanitySteps >= -1, "numSanityValSteps", sanitySteps, "0 or more, or -1 for all batches");
        }
    }

    private static void require(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be " + expected + ".");
        }
    }
}
