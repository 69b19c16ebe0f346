package dev.rivulet.internal.retention;

/**
 * Counts the saves since the last plan that wrote nothing, so that every n-th save can be determined. A step counts
 * once.
 */
final class SkippedSaves {
    private static final long NONE = -1;

    private long count;
    private long lastStep = NONE;

    /** The number of skipped saves before the save of a step. */
    long before(long globalStep) {
        return lastStep == globalStep ? count - 1 : count;
    }

    void skip(long globalStep) {
        count = before(globalStep) + 1;
        lastStep = globalStep;
    }

    /** Transfers the skipped saves before the save of a step to its plan. */
    long take(long globalStep) {
        long taken = before(globalStep);
        count = 0;
        lastStep = NONE;
        return taken;
    }

    long count() {
        return count;
    }

    long lastStep() {
        return lastStep;
    }

    /** Restores the counts of another run. */
    void resume(long skipped, long step) {
        count = skipped;
        lastStep = step;
    }

    /** Restores the skipped saves of a failed plan. */
    void restore(SavePlan plan) {
        count += plan.skipped();
    }
}
