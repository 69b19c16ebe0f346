#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): a gradient depends on whether garbage is collected before backward().
#
# The derivative of sum(3 x) is 3. x.mul(3) hands the number to libtorch in the memory of a direct Java buffer, and
# libtorch keeps it for the backward pass; nothing in Java refers to the buffer any more. If garbage is collected between
# forward and backward, as it may be at any time in a training step, the memory is freed, and the gradient is whatever
# was written there since: no exception, no warning. In PyTorch the gradient is 3.
#
# Seen, with sevens written to other direct buffers after the collection:
#   gradient of sum(3 x), 10 times
#   no garbage collected: 3.0 3.0 3.0 3.0 3.0 3.0 3.0 3.0 3.0 3.0
#   garbage collected:    7.0 -1.75659021E9 7.0 7.0 7.0 7.0 7.0 7.0 7.0 7.0
#   (the first ones differ from run to run)
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

cat >Gradient.java <<'JAVA'
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

public class Gradient {
    private static final int TIMES = 10;

    /** Kept, so that their memory is not freed. */
    private static final List<ByteBuffer> OTHERS = new ArrayList<>();

    public static void main(String[] args) throws InterruptedException {
        System.out.printf("gradient of sum(3 x), %d times%n", TIMES);
        int wrongBefore = wrong("no garbage collected:", false);
        int wrongAfter = wrong("garbage collected:   ", true);
        System.exit(wrongBefore == 0 && wrongAfter > 0 ? 0 : 1);
    }

    private static int wrong(String title, boolean collect) throws InterruptedException {
        int wrong = 0;
        System.out.print(title);
        for (int i = 0; i < TIMES; i++) {
            float gradient = gradient(collect);
            System.out.print(" " + gradient);
            wrong += gradient == 3 ? 0 : 1;
        }
        System.out.println();
        return wrong;
    }

    private static float gradient(boolean collect) throws InterruptedException {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.ones(new Shape(1));
            x.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray sum = x.mul(3).sum();
                if (collect) {
                    collectGarbage();
                }
                collector.backward(sum);
                return x.getGradient().getFloat(0);
            }
        }
    }

    /** Collects garbage, and has the memory that this freed used for other things. */
    private static void collectGarbage() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(20); // Buffers are freed by another thread.
            for (int j = 0; j < 1000; j++) {
                OTHERS.add(ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(7));
            }
        }
    }
}
JAVA
javac -cp "lib/*" -d classes Gradient.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" Gradient
