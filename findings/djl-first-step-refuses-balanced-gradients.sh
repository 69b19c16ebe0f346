#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): Trainer.step refuses a softmax classifier's first step, by chance.
#
# Before its first step, Trainer adds up *all gradients of all parameters* and throws an IllegalStateException that
# calls them all zero if the sum is 0. Gradients of a softmax cross-entropy cancel out over the classes of a Linear,
# whatever the data: in floats the sum is exactly 0 now and then, though hardly any gradient is. The logistic regression
# below is refused when it starts from zero weights; from DJL's own random weights it is a matter of the seed, and the
# message sends the user to look for a backward() that is there. torch.optim.SGD.step has no such check.
#
# Seen:
#   2 classes, 2 features, 1 record, weights 0: refused, greatest gradient 1.00
#     Gradient values are all zeros, please call gradientCollector.backward() onyour target NDArray (usually loss), before calling step()
#   2 classes,   2 features, 16 records, random weights: 13 of 100 seeds refused
#   2 classes, 100 features, 16 records, random weights: 1 of 100 seeds refused
#   (the numbers of seeds depend on the processor: the order of additions)
#
# Exit status: 0 as described, 1 no longer as described, 2 the set-up failed.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>ai.djl</groupId><artifactId>api</artifactId><version>0.36.0</version></dependency>
    <dependency>
      <groupId>ai.djl.pytorch</groupId><artifactId>pytorch-engine</artifactId><version>0.36.0</version>
    </dependency>
    <dependency>
      <groupId>ai.djl.pytorch</groupId><artifactId>pytorch-jni</artifactId><version>2.7.1-0.36.0</version>
    </dependency>
    <dependency>
      <groupId>ai.djl.pytorch</groupId><artifactId>pytorch-native-cpu</artifactId><version>2.7.1</version>
      <classifier>linux-x86_64</classifier>
    </dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DoutputDirectory="$work/lib" >mvn.log 2>&1 || { cat mvn.log >&2; exit 2; }

cat >FirstStep.java <<'JAVA'
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Locale;

public class FirstStep {
    private static String message = "";

    public static void main(String[] args) {
        float greatest = greatestGradientRefused(2, 1, true, 0);
        System.out.printf(
                Locale.ROOT,
                "2 classes, 2 features, 1 record, weights 0: %s%n  %s%n",
                greatest > 0 ? String.format(Locale.ROOT, "refused, greatest gradient %.2f", greatest) : "taken",
                message);
        int few = seedsRefused(2);
        seedsRefused(100);
        System.exit(greatest > 0.1 && few > 0 ? 0 : 1);
    }

    private static int seedsRefused(int features) {
        int refused = 0;
        for (int seed = 0; seed < 100; seed++) {
            refused += greatestGradientRefused(features, 16, false, seed) > 0.01 ? 1 : 0;
        }
        System.out.printf(
                "2 classes, %3d features, 16 records, random weights: %d of 100 seeds refused%n", features, refused);
        return refused;
    }

    /** The greatest gradient of a first step that was refused, or 0 if the step was taken. */
    private static float greatestGradientRefused(int features, int records, boolean zeroWeights, int seed) {
        Engine.getInstance().setRandomSeed(seed);
        DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build());
        if (zeroWeights) {
            config.optInitializer(Initializer.ZEROS, Parameter.Type.WEIGHT);
        }
        try (Model model = Model.newInstance("classifier")) {
            model.setBlock(Linear.builder().setUnits(2).build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(records, features));
                NDManager manager = trainer.getManager();
                NDArray data = zeroWeights
                        ? manager.create(new float[] {1, 2}, new Shape(1, 2))
                        : manager.randomNormal(new Shape(records, features));
                int[] labels = new int[records];
                for (int i = 0; i < records; i++) {
                    labels[i] = i % 2;
                }
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList prediction = trainer.forward(new NDList(data));
                    collector.backward(trainer.getLoss().evaluate(new NDList(manager.create(labels)), prediction));
                }
                float greatest = 0;
                for (Parameter parameter : model.getBlock().getParameters().values()) {
                    greatest = Math.max(
                            greatest,
                            parameter.getArray().getGradient().abs().max().getFloat());
                }
                try {
                    trainer.step();
                    return 0;
                } catch (IllegalStateException e) {
                    message = e.getMessage();
                    return greatest;
                }
            }
        }
    }
}
JAVA
javac -cp "lib/*" -d classes FirstStep.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" FirstStep
