package dev.rivulet;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.stream.Moment;
import dev.rivulet.stream.ValidationSchedule;
import dev.rivulet.training.LoopState;
import dev.rivulet.training.Metrics;
import java.util.function.LongSupplier;

/** The loop's state as streams look at it. */
final class LoopMoment implements Moment {
    private final LoopState state;
    private final Metrics metrics;
    private final ValidationSchedule validation;
    private final LongSupplier clock;
    private Phase phase = Phase.TRAINING;

    LoopMoment(LoopState state, Metrics metrics, ValidationSchedule validation, LongSupplier clock) {
        this.state = state;
        this.metrics = metrics;
        this.validation = validation;
        this.clock = clock;
    }

    /** Tells at which hook streams are asked. */
    void enter(Phase entered) {
        phase = entered;
    }

    /** This moment, to be remembered. */
    SaveMoment now() {
        return at(phase);
    }

    @Override
    public MetricValues metrics() {
        return metrics;
    }

    @Override
    public int epoch() {
        return state.epoch();
    }

    @Override
    public long globalStep() {
        return state.globalStep();
    }

    @Override
    public boolean validationRunsNow() {
        return state.validationFollows();
    }

    @Override
    public boolean validationHasRun() {
        return state.validationHasRun();
    }

    @Override
    public boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting) {
        return validation.savesOnTrainEpochEnd(setting);
    }

    @Override
    public boolean sanityChecking() {
        return state.isSanityChecking();
    }

    /** A trial run has no streams at all. */
    @Override
    public boolean fastDevRun() {
        return false;
    }

    @Override
    public long nanoTime() {
        return clock.getAsLong();
    }

    SaveMoment at(Phase phase) {
        return new SaveMoment(phase, epoch(), globalStep(), metrics.toMap());
    }
}
