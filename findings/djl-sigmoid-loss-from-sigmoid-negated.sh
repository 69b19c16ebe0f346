#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): SigmoidBinaryCrossEntropyLoss with fromSigmoid = true has the wrong sign.
#
# By its Javadoc fromSigmoid says that the predictions went through a sigmoid already. So the loss of sigmoid(x) with it
# should be that of x without it, as torch.nn.BCELoss and BCEWithLogitsLoss agree. It is its negative: the better the
# prediction, the greater the loss. Training runs without a complaint, with a loss that falls below zero, and learns the
# opposite.
#
# Seen:
#   label 1, x  3: loss of x 0.049, of sigmoid(x) -0.049
#   label 1, x -3: loss of x 3.049, of sigmoid(x) -3.049
#   after 50 steps towards label 1 from sigmoid(x) = 0.5, loss of x:          sigmoid(x) = 0.980
#   after 50 steps towards label 1 from sigmoid(x) = 0.5, loss of sigmoid(x): sigmoid(x) = 0.000
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

cat >FromSigmoid.java <<'JAVA'
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Locale;

public class FromSigmoid {
    private static final Loss OF_X = Loss.sigmoidBinaryCrossEntropyLoss("x", 1, false);
    private static final Loss OF_SIGMOID = Loss.sigmoidBinaryCrossEntropyLoss("sigmoid", 1, true);

    public static void main(String[] args) {
        boolean asDescribed = isNegated(3);
        asDescribed &= isNegated(-3);
        asDescribed &= learnt(false) > 0.9;
        asDescribed &= learnt(true) < 0.1;
        System.exit(asDescribed ? 0 : 1);
    }

    private static boolean isNegated(float value) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.create(new float[] {value});
            NDList label = new NDList(manager.ones(new Shape(1)));
            float right = OF_X.evaluate(label, new NDList(x)).getFloat();
            float fromSigmoid = OF_SIGMOID.evaluate(label, new NDList(Activation.sigmoid(x))).getFloat();
            System.out.printf(
                    Locale.ROOT, "label 1, x %2.0f: loss of x %.3f, of sigmoid(x) %.3f%n", value, right, fromSigmoid);
            return right > 0.04 && Math.abs(right + fromSigmoid) < 1e-4;
        }
    }

    /** Probability of label 1 after 50 steps towards label 1. */
    private static float learnt(boolean fromSigmoid) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.zeros(new Shape(1));
            x.setRequiresGradient(true);
            NDList label = new NDList(manager.ones(new Shape(1)));
            Optimizer sgd = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1)).build();
            for (int step = 0; step < 50; step++) {
                try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                    collector.backward(
                            fromSigmoid
                                    ? OF_SIGMOID.evaluate(label, new NDList(Activation.sigmoid(x)))
                                    : OF_X.evaluate(label, new NDList(x)));
                }
                sgd.update("x", x, x.getGradient());
            }
            float probability = Activation.sigmoid(x).getFloat(0);
            System.out.printf(
                    Locale.ROOT,
                    "after 50 steps towards label 1 from sigmoid(x) = 0.5, loss of %-11s sigmoid(x) = %.3f%n",
                    fromSigmoid ? "sigmoid(x):" : "x:",
                    probability);
            return probability;
        }
    }
}
JAVA
javac -cp "lib/*" -d classes FromSigmoid.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" FromSigmoid
