package dev.rivulet.internal.save;

import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.state.TrainingComponents;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot of one step boundary. It is taken once, when a stream is due and before any user code runs: conditions,
 * hooks and transforms. For the training thread.
 */
final class StepSnapshot {
    private final SaveQueue queue;
    private final TrainingComponents components;
    private int stateArrays;
    private @Nullable Snapshot taken;
    private boolean skipped;

    /**
     * Takes nothing yet.
     *
     * @param queue limits how many snapshots there are
     */
    StepSnapshot(SaveQueue queue, TrainingComponents components) {
        this.queue = queue;
        this.components = components;
        this.stateArrays = components.optimizer().stateArrayCount();
    }

    /** The snapshot of this step; empty if the writer is behind and saves are to be skipped. */
    Optional<Snapshot> take() {
        if (taken == null && !skipped) {
            components.network().requireSameArrays();
            includeNewState();
            taken = queue.snapshot().orElse(null);
            skipped = taken == null;
        }
        return Optional.ofNullable(taken);
    }

    /** A parameter that is unfrozen gets its state at its first step. */
    private void includeNewState() {
        int count = components.optimizer().stateArrayCount();
        if (count != stateArrays) {
            queue.replaceState(components.arrays());
            stateArrays = count;
        }
    }

    /** Leaves the snapshot of this step to another owner, who closes it. */
    void handOver() {
        taken = null;
    }

    /** Ends the step, and closes a snapshot that was not handed over. */
    void end() {
        if (taken != null) {
            taken.close();
            taken = null;
        }
        skipped = false;
    }
}
