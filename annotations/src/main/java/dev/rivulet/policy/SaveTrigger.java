package dev.rivulet.policy;

import java.time.Duration;
import java.util.List;

/** What makes a stream's save due. Exactly one applies to a policy. */
public sealed interface SaveTrigger {

    /** No save is ever due; only {@code saveLast} and {@code saveOnException} can still write. */
    record Never() implements SaveTrigger {}

    /**
     * After every n-th optimizer step.
     *
     * @param n at least 1
     */
    record Steps(int n) implements SaveTrigger {}

    /**
     * After every n-th epoch.
     *
     * @param n at least 1
     */
    record Epochs(int n) implements SaveTrigger {}

    /**
     * After the first batch that ends this long after the last time.
     *
     * @param interval zero means every batch
     */
    record Interval(Duration interval) implements SaveTrigger {}

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
    }
}
