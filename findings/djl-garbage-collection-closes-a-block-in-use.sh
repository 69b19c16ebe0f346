#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): a block that is in use loses its weights when its Model is collected.
#
# A method makes or loads a Model and returns model.getBlock(). Nobody closes the Model, and the program uses the block:
# still, the block does not keep the Model alive, whose finalizer closes its NDManager and with it the weights. Predictions
# work until garbage happens to be collected, then every one fails. The Javadoc of getBlock does not say that the block
# lives only as long as a reference to its Model; in PyTorch a module that is referred to keeps its weights.
#
# Seen:
#   before the collection: prediction of shape (1, 1)
#   after the collection:  java.lang.IllegalStateException: Native resource has been released already.
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

cat >BlockInUse.java <<'JAVA'
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;

public class BlockInUse {
    public static void main(String[] args) throws InterruptedException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = newBlock();
            boolean asDescribed = predicts("before the collection:", block, manager);
            collectGarbage();
            asDescribed &= !predicts("after the collection: ", block, manager);
            System.exit(asDescribed ? 0 : 1);
        }
    }

    private static Block newBlock() {
        Model model = Model.newInstance("linear");
        model.setBlock(Linear.builder().setUnits(1).build());
        model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, 2));
        return model.getBlock();
    }

    private static boolean predicts(String title, Block block, NDManager manager) {
        try {
            NDList input = new NDList(manager.ones(new Shape(1, 2)));
            NDList output = block.forward(new ParameterStore(manager, false), input, false);
            System.out.println(title + " prediction of shape " + output.singletonOrThrow().getShape());
            return true;
        } catch (IllegalStateException e) {
            System.out.println(title + " " + e);
            return false;
        }
    }

    private static void collectGarbage() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            System.gc();
            Thread.sleep(50); // Finalizers run in another thread.
        }
    }
}
JAVA
javac -cp "lib/*" -d classes BlockInUse.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" BlockInUse
