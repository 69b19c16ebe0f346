package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Trainer;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.fixture.Points;

/** Verifiers of runs of two epochs with two steps each. */
public final class ResumeVerifiers {
    private static final NDManager MANAGER = NDManager.newBaseManager();
    private static final ArrayDataset POINTS = Points.of(MANAGER, 8, 4);

    private ResumeVerifiers() {}

    /** A verifier of a module that resumes exactly. */
    public static ResumeVerifier exact() {
        return ResumeVerifier.of(
                LineModule::new, () -> Trainer.builder().maxEpochs(2).seed(1), () -> POINTS);
    }

    /** A verifier of a module with a counter that it does not save. */
    public static ResumeVerifier forgetful() {
        return ResumeVerifier.of(
                ForgetfulModule::new, () -> Trainer.builder().maxEpochs(2).seed(1), () -> POINTS);
    }

    private static final class ForgetfulModule extends LineModule {
        private int batches;

        @Override
        protected NDArray inputs(Batch batch) {
            return batch.getData().head().mul(++batches);
        }
    }
}
