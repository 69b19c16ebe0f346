package dev.rivulet.internal.retention;

/** Counts the saves that wrote nothing since the last plan, so that every n-th save is told. A step counts once. */
final class SkippedSaves {
    private static final long NONE = -1;

    private long count;
    private long lastStep = NONE;

    /** How many came before the save of a step. */
    long before(long globalStep) {
        return lastStep == globalStep ? count - 1 : count;
    }

    void skip(long globalStep) {
        count = before(globalStep) + 1;
        lastStep = globalStep;
    }

    /** Hands those before the save of a step over to its plan. */
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

    /** Goes on from counts of another run. */
    void resume(long skipped, long step) {
        count = skipped;
        lastStep = step;
    }

    /** Takes back those of a plan that failed. */
    void restore(SavePlan plan) {
        count += plan.skipped();
    }
}
