package dev.rivulet.internal.loop;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The settings of a training loop.
 *
 * @param limits when training ends
 * @param validation when validation runs
 * @param accumulateGradBatches number of batches whose gradients are accumulated for one optimizer step
 * @param shutdownBudget time limit for the run to end after SIGTERM or Ctrl-C
 */
public record LoopSettings(Limits limits, Validation validation, int accumulateGradBatches, Duration shutdownBudget) {

    /** Refuses invalid numbers. */
    public LoopSettings {
        require(accumulateGradBatches >= 1, "accumulateGradBatches", accumulateGradBatches, "1 or more");
        require(!shutdownBudget.isNegative(), "shutdownBudget", shutdownBudget.toMillis(), "0 ms or more");
    }

    /**
     * Optimizer steps after which training ends; empty without a limit.
     *
     * @param batchesOfEpoch number of batches in an epoch
     */
    OptionalLong plannedSteps(long batchesOfEpoch) {
        boolean endsByEpochs = limits.maxEpochs != -1 && batchesOfEpoch <= Integer.MAX_VALUE;
        long byEpochs = endsByEpochs
                ? limits.maxEpochs * ((batchesOfEpoch + accumulateGradBatches - 1) / accumulateGradBatches)
                : Long.MAX_VALUE;
        long planned = Math.min(byEpochs, limits.maxSteps == -1 ? Long.MAX_VALUE : limits.maxSteps);
        return planned == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(planned);
    }

    /** Maximum number of validation batches before training. */
    int sanityBatches() {
        return validation.sanitySteps == -1 ? limits.valBatches : Math.min(validation.sanitySteps, limits.valBatches);
    }

    /**
     * Upper limits.
     *
     * @param maxEpochs epochs after which training ends; −1 for no limit
     * @param maxSteps optimizer steps after which training ends; −1 for no limit
     * @param trainBatches maximum number of batches in an epoch
     * @param valBatches maximum number of batches in a validation
     */
    public record Limits(int maxEpochs, long maxSteps, int trainBatches, int valBatches) {

        /** Refuses invalid numbers. */
        public Limits {
            require(maxEpochs >= -1, "maxEpochs", maxEpochs, "0 or more, or -1 for no limit");
            require(maxSteps >= -1, "maxSteps", maxSteps, "0 or more, or -1 for no limit");
            require(maxEpochs != -1 || maxSteps != -1, "maxEpochs", maxEpochs, "a limit, unless maxSteps is one");
            require(trainBatches >= 1, "limitTrainBatches", trainBatches, "1 or more");
            require(valBatches >= 0, "limitValBatches", valBatches, "0 or more");
        }

        /** One epoch with this number of batches. */
        public static Limits ofDryRun(int batches) {
            require(batches >= 1, "fastDevRun", batches, "a number of batches, or 0");
            return new Limits(1, batches, batches, batches);
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
     * @param everyNEpoch only in every n-th epoch
     * @param interval when within such an epoch
     * @param sanitySteps number of batches run before training to check that validation works; −1 for all
     */
    public record Validation(int everyNEpoch, ValidationInterval interval, int sanitySteps) {

        /** Refuses invalid numbers. */
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
