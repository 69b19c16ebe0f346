package dev.rivulet.proof;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import dev.rivulet.LineModule;
import dev.rivulet.Points;
import dev.rivulet.Trainer;

/** Proofs for tests of other packages, of runs of two epochs with two steps each. */
public final class ResumeProofs {
    private static final NDManager MANAGER = NDManager.newBaseManager();
    private static final ArrayDataset POINTS = Points.of(MANAGER, 8, 4);

    private ResumeProofs() {}

    /** Of a module that resumes. */
    public static ResumeProof exact() {
        return ResumeProof.of(
                LineModule::new, () -> Trainer.builder().maxEpochs(2).seed(1), () -> POINTS);
    }

    /** Of a module that counts in a field. */
    public static ResumeProof forgetful() {
        return ResumeProof.of(
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
