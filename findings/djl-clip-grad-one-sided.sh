#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): optClipGrad limits positive gradients only.
#
# The Javadoc of OptimizerBuilder.optClipGrad promises a range from -clipGrad to clipGrad, which is what
# torch.nn.utils.clip_grad_value_ keeps to. The engine applies the upper bound alone: with a limit of 1, a gradient of
# 10 moves a weight by 1, one of -10 moves it by 10. Clipping is set against exploding gradients: here those of one sign
# go through whole, and as the others are cut, steps lean to one side.
#
# Seen: Sgd, learning rate 1, clipGrad 1
#   gradient   0.5: step -0.5, promised -0.5
#   gradient  -0.5: step  0.5, promised  0.5
#   gradient  10.0: step -1.0, promised -1.0
#   gradient -10.0: step 10.0, promised  1.0
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

cat >ClipGrad.java <<'JAVA'
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Locale;

public class ClipGrad {
    public static void main(String[] args) {
        System.out.println("Sgd, learning rate 1, clipGrad 1");
        boolean asDescribed = step(0.5f) == -0.5f;
        asDescribed &= step(-0.5f) == 0.5f;
        asDescribed &= step(10) == -1;
        asDescribed &= step(-10) == 10;
        System.exit(asDescribed ? 0 : 1);
    }

    /** What one step adds to a weight of 0. */
    private static float step(float gradient) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Optimizer sgd = Optimizer.sgd()
                    .setLearningRateTracker(Tracker.fixed(1))
                    .optClipGrad(1)
                    .build();
            NDArray weight = manager.zeros(new Shape(1));
            sgd.update("weight", weight, manager.create(new float[] {gradient}));
            float step = weight.getFloat(0);
            float promised = -Math.max(Math.min(gradient, 1), -1);
            System.out.printf(Locale.ROOT, "gradient %5.1f: step %4.1f, promised %4.1f%n", gradient, step, promised);
            return step;
        }
    }
}
JAVA
javac -cp "lib/*" -d classes ClipGrad.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" ClipGrad
