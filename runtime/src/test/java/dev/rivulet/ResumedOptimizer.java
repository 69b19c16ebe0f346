package dev.rivulet;

import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.rivulet.annotations.Mode;
import dev.rivulet.optim.Adagrad;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import dev.rivulet.optim.CosineAnnealingLR;
import dev.rivulet.optim.LinearLR;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.OneCycleLR;
import dev.rivulet.optim.RMSprop;
import dev.rivulet.optim.ReduceLROnPlateau;
import dev.rivulet.optim.RestorableAdam;
import dev.rivulet.optim.RestorableAdamW;
import dev.rivulet.optim.RestorableSgd;
import dev.rivulet.optim.SGD;
import dev.rivulet.optim.SequentialLR;
import dev.rivulet.optim.StepLR;
import dev.rivulet.optim.TorchOptimizer;
import java.util.List;

/** Every optimizer whose state is saved, with the hyperparameters that give it the most state. */
enum ResumedOptimizer {
    SGD_MOMENTUM {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return schedule.of(
                    SGD.builder()
                            .lr(0.02)
                            .momentum(0.9)
                            .dampening(0.1)
                            .weightDecay(1e-3)
                            .build(),
                    true,
                    steps);
        }
    },
    ADAM {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return schedule.of(Adam.builder().lr(0.02).weightDecay(1e-3).build(), true, steps);
        }
    },
    ADAMW_AMSGRAD {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return schedule.of(AdamW.builder().lr(0.02).amsgrad(true).build(), true, steps);
        }
    },
    RMSPROP {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return schedule.of(
                    RMSprop.builder().lr(0.01).momentum(0.5).centered(true).build(), false, steps);
        }
    },
    ADAGRAD {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return schedule.of(Adagrad.builder().lr(0.05).lrDecay(0.01).build(), false, steps);
        }
    },
    DJL_ADAM {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return new RestorableAdam(Optimizer.adam().optLearningRateTracker(cosine(steps)));
        }
    },
    SGD_NESTEROV {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return schedule.of(
                    SGD.builder().lr(0.02).momentum(0.9).nesterov(true).build(), true, steps);
        }
    },
    DJL_ADAMW {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return new RestorableAdamW(Optimizer.adamW().optLearningRateTracker(cosine(steps)));
        }
    },
    DJL_SGD {
        @Override
        Optimizer make(Schedule schedule, int steps) {
            return new RestorableSgd(
                    Optimizer.sgd().setLearningRateTracker(cosine(steps)).optMomentum(0.9f), 0.9f);
        }
    };

    /**
     * Creates an optimizer.
     *
     * @param schedule schedule of the learning rate, unless DJL's optimizer has a tracker
     * @param steps number of steps of the whole run
     */
    abstract Optimizer make(Schedule schedule, int steps);

    private static Tracker cosine(int steps) {
        return Tracker.cosine()
                .setBaseValue(0.02f)
                .optFinalValue(0.001f)
                .setMaxUpdates(steps)
                .build();
    }

    /** The schedule of the learning rate. */
    enum Schedule {
        STEP,
        ONE_CYCLE,
        PLATEAU_OF_EPOCHS,
        PLATEAU_OF_STEPS,
        SEQUENTIAL;

        private Optimizer of(TorchOptimizer optimizer, boolean momentum, int steps) {
            optimizer.schedule(
                    switch (this) {
                        case STEP -> LrSchedule.of(new StepLR(5, 0.8)).every(1, LrInterval.STEP);
                        case ONE_CYCLE ->
                            LrSchedule.of(OneCycleLR.builder(0.03, steps + 1)
                                            .cycleMomentum(momentum)
                                            .build())
                                    .every(1, LrInterval.STEP);
                        case PLATEAU_OF_EPOCHS -> LrSchedule.of(plateau(0)).monitor("val_loss");
                        case PLATEAU_OF_STEPS ->
                            LrSchedule.of(plateau(2)).every(2, LrInterval.STEP).monitor("train_loss");
                        case SEQUENTIAL ->
                            LrSchedule.of(new SequentialLR(
                                            List.of(new LinearLR(0.1, 6), new CosineAnnealingLR(steps, 1e-4)),
                                            List.of(6)))
                                    .every(1, LrInterval.STEP);
                    });
            return optimizer;
        }

        private static ReduceLROnPlateau plateau(int patience) {
            return ReduceLROnPlateau.builder()
                    .mode(Mode.MIN)
                    .patience(patience)
                    .cooldown(1)
                    .factor(0.7)
                    .build();
        }
    }
}
