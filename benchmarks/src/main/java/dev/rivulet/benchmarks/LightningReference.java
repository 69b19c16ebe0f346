package dev.rivulet.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The same measurement of PyTorch Lightning, by a Python script.
 *
 * @param versions versions of Lightning and torch, for display
 * @param byHand microseconds per step of torch calls written by hand
 * @param byTrainer microseconds per step by Lightning's trainer
 * @param overhead microseconds per step that Lightning's trainer adds
 */
record LightningReference(String versions, double byHand, double byTrainer, double overhead) {

    /**
     * Runs the script.
     *
     * @param python an interpreter that has torch and pytorch-lightning; empty to skip the measurement
     */
    static Optional<LightningReference> measure(String python) throws IOException, InterruptedException {
        if (python.isBlank()) {
            return Optional.empty();
        }
        String output = PythonScript.run(
                python,
                "lightning_overhead.py",
                List.of(String.valueOf(LoopOverhead.WIDTH), String.valueOf(LoopOverhead.STEPS)));
        return Optional.of(new LightningReference(
                "Lightning " + PythonScript.string(output, "lightning") + " on torch "
                        + PythonScript.string(output, "torch"),
                PythonScript.number(output, "by_hand_us"),
                PythonScript.number(output, "by_trainer_us"),
                PythonScript.number(output, "overhead_us")));
    }
}
