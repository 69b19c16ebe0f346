package dev.rivulet.policy;

import java.time.Duration;
import java.util.List;

/**
 * What makes a stream's save due. Exactly one applies to a policy.
 *
 * <p>A trigger is a value; a {@link Watch} follows one run with it:
 *
 * <pre>{@code
 * SaveTrigger.Watch watch = new SaveTrigger.Steps(100).watch();
 * watch.start(progress);
 * watch.dueAfterBatch(progress);   // true after steps 100, 200, 300 …
 * }</pre>
 *
 * @since 0.1
 */
public sealed interface SaveTrigger {

    /** Begins to follow a run. */
    Watch watch();

    /**
     * Whether a save can be due before training ends.
     *
     * @param maxEpochs epochs after which training ends; −1 for no limit
     * @param maxSteps optimizer steps after which training ends; −1 for no limit
     */
    default boolean canBeDueWithin(int maxEpochs, long maxSteps) {
        return true;
    }

    /** How far training is. The training loop implements it once; it is read during the call only. */
    interface Progress {

        /** Index of the epoch that runs or has just run, from 0. */
        int epoch();

        /** Optimizer steps so far. */
        long globalStep();

        /** A clock that never goes back, in nanoseconds from any origin, as of {@link System#nanoTime}. */
        long nanoTime();
    }

    /** Follows one run. Asking allocates nothing. Not thread-safe. */
    interface Watch {

        /** Starts the clock of a time trigger, which makes nothing due before. */
        default void start(Progress now) {}

        /** Whether a save is due after this training batch. */
        default boolean dueAfterBatch(Progress now) {
            return false;
        }

        /** Whether a save is due after this epoch. */
        default boolean dueAfterEpoch(Progress now) {
            return false;
        }
    }

    /** No save is ever due; only {@code saveLast} and {@code saveOnException} can still write. */
    record Never() implements SaveTrigger {
        @Override
        public boolean canBeDueWithin(int maxEpochs, long maxSteps) {
            return false;
        }

        @Override
        public Watch watch() {
            return new Watch() {};
        }
    }

    /**
     * After every n-th optimizer step.
     *
     * @param n at least 1
     */
    record Steps(int n) implements SaveTrigger {
        @Override
        public boolean canBeDueWithin(int maxEpochs, long maxSteps) {
            return maxSteps < 0 || n <= maxSteps;
        }

        @Override
        public Watch watch() {
            return new Watch() {
                @Override
                public boolean dueAfterBatch(Progress now) {
                    return now.globalStep() % n == 0;
                }
            };
        }
    }

    /**
     * After every n-th epoch.
     *
     * @param n at least 1
     */
    record Epochs(int n) implements SaveTrigger {
        @Override
        public boolean canBeDueWithin(int maxEpochs, long maxSteps) {
            return maxEpochs < 0 || n <= maxEpochs;
        }

        @Override
        public Watch watch() {
            return new Watch() {
                @Override
                public boolean dueAfterEpoch(Progress now) {
                    return (now.epoch() + 1) % n == 0;
                }
            };
        }
    }

    /**
     * After the first batch that ends this long after the last time.
     *
     * @param interval zero means every batch
     */
    record Interval(Duration interval) implements SaveTrigger {
        @Override
        public Watch watch() {
            long nanos = interval.toNanos();
            return new Watch() {
                private boolean started;
                private long lastDue;

                @Override
                public void start(Progress now) {
                    started = true;
                    lastDue = now.nanoTime();
                }

                @Override
                public boolean dueAfterBatch(Progress now) {
                    if (!started) {
                        return false;
                    }
                    long time = now.nanoTime();
                    boolean due = time - lastDue >= nanos;
                    lastDue = due ? time : lastDue;
                    return due;
                }
            };
        }
    }

    /**
     * As soon as one of several is due; a step that is saved for one is not saved again for another.
     *
     * @param triggers at least two, of different kinds, none of them {@link Never} or {@code Any}
     */
    record Any(List<SaveTrigger> triggers) implements SaveTrigger {

        /** Holds an immutable copy of the list. */
        public Any {
            triggers = List.copyOf(triggers);
        }

        @Override
        public boolean canBeDueWithin(int maxEpochs, long maxSteps) {
            return triggers.stream().anyMatch(trigger -> trigger.canBeDueWithin(maxEpochs, maxSteps));
        }

        @Override
        public Watch watch() {
            Watch[] watches = triggers.stream().map(SaveTrigger::watch).toArray(Watch[]::new);
            return new Watch() {
                @Override
                public void start(Progress now) {
                    for (Watch watch : watches) {
                        watch.start(now);
                    }
                }

                @Override
                public boolean dueAfterBatch(Progress now) {
                    boolean due = false;
                    for (Watch watch : watches) {
                        // All are asked: an interval ends when it is due, whatever else is due then.
                        due |= watch.dueAfterBatch(now);
                    }
                    return due;
                }

                @Override
                public boolean dueAfterEpoch(Progress now) {
                    boolean due = false;
                    for (Watch watch : watches) {
                        due |= watch.dueAfterEpoch(now);
                    }
                    return due;
                }
            };
        }
    }
}
