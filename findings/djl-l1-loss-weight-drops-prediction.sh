#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): an L1Loss with a weight other than 1 does not look at the prediction.
#
# By its Javadoc the weight is a factor of the loss, so 2 should double the mean of |label - prediction|, and in L2Loss
# and HingeLoss it would. L1Loss multiplies the *label* instead and returns its mean: the same number for a perfect
# prediction and for any other. Nothing can be learnt from it, and backward() says so in words that do not point to the
# loss.
#
# Seen: labels 1, 2, 3
#   weight 1, prediction 1, 2, 3: loss 0.0, promised 0.0
#   weight 1, prediction 4, 5, 6: loss 3.0, promised 3.0
#   weight 2, prediction 1, 2, 3: loss 4.0, promised 0.0
#   weight 2, prediction 4, 5, 6: loss 4.0, promised 6.0
#   backward, weight 1: gradient [0.33333334, 0.33333334, 0.33333334]
#   backward, weight 2: element 0 of tensors does not require grad and does not have a grad_fn
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

cat >L1Weight.java <<'JAVA'
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.L1Loss;
import ai.djl.training.loss.Loss;
import java.util.Arrays;

public class L1Weight {
    private static final float[] LABEL = {1, 2, 3};
    private static final float[] OFF_BY_3 = {4, 5, 6};

    public static void main(String[] args) {
        System.out.println("labels 1, 2, 3");
        boolean asDescribed = loss(1, LABEL, 0) == 0;
        asDescribed &= loss(1, OFF_BY_3, 3) == 3;
        asDescribed &= loss(2, LABEL, 0) == 4;
        asDescribed &= loss(2, OFF_BY_3, 6) == 4;
        asDescribed &= learns(1);
        asDescribed &= !learns(2);
        System.exit(asDescribed ? 0 : 1);
    }

    private static float loss(float weight, float[] prediction, float promised) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Loss l1 = new L1Loss("L1", weight);
            float loss = l1.evaluate(new NDList(manager.create(LABEL)), new NDList(manager.create(prediction)))
                    .getFloat();
            System.out.printf(
                    "weight %.0f, prediction %.0f, %.0f, %.0f: loss %s, promised %s%n",
                    weight, prediction[0], prediction[1], prediction[2], loss, promised);
            return loss;
        }
    }

    private static boolean learns(float weight) {
        try (NDManager manager = NDManager.newBaseManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray prediction = manager.create(OFF_BY_3);
            prediction.setRequiresGradient(true);
            NDArray loss =
                    new L1Loss("L1", weight).evaluate(new NDList(manager.create(LABEL)), new NDList(prediction));
            System.out.printf("backward, weight %.0f: ", weight);
            try {
                collector.backward(loss);
            } catch (EngineException e) {
                System.out.println(e.getMessage().lines().findFirst().orElse(""));
                return false;
            }
            float[] gradient = prediction.getGradient().toFloatArray();
            System.out.println("gradient " + Arrays.toString(gradient));
            return gradient[0] != 0;
        }
    }
}
JAVA
javac -cp "lib/*" -d classes L1Weight.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" L1Weight
