#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): GhostBatchNorm does not give its batch back as it was.
#
# By its Javadoc it normalises the sub-batches of a batch and then concatenates them to one batch again. It stacks them
# instead, and squeezing an axis that is not 1 does nothing: a batch of 8 in sub-batches of 4 goes in as (8, 3) and
# comes out as (2, 4, 3), while getOutputShapes says (8, 3). The values are right. A batch that fits in one sub-batch,
# so every trial with a small one, keeps its shape. The last sub-batch may be smaller, says the Javadoc of split; a
# batch that does not split evenly is refused. In sub-batches of 128, the default, the last batch of an epoch is seldom
# a multiple.
#
# Seen: sub-batches of 4
#   in ( 4, 3): announced (4, 3), out (4, 3)
#   in ( 8, 3): announced (8, 3), out (2, 4, 3)
#   in (12, 3): announced (12, 3), out (3, 4, 3)
#   in (10, 3): announced (10, 3), IllegalArgumentException: data with shape 10 cannot be evenly split into 3. ...
#   values of (8, 3) once flattened: 0.0 away from BatchNorm of each half
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

cat >GhostBatch.java <<'JAVA'
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.training.ParameterStore;

public class GhostBatch {
    public static void main(String[] args) {
        System.out.println("sub-batches of 4");
        boolean asDescribed = "(4, 3)".equals(shapeOut(4));
        asDescribed &= "(2, 4, 3)".equals(shapeOut(8));
        asDescribed &= "(3, 4, 3)".equals(shapeOut(12));
        asDescribed &= "IllegalArgumentException".equals(shapeOut(10));
        asDescribed &= distance() < 1e-5;
        System.exit(asDescribed ? 0 : 1);
    }

    private static String shapeOut(int rows) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape in = new Shape(rows, 3);
            Block norm = GhostBatchNorm.builder().optVirtualBatchSize(4).build();
            norm.initialize(manager, DataType.FLOAT32, in);
            System.out.printf("in (%2d, 3): announced %s, ", rows, norm.getOutputShapes(new Shape[] {in})[0]);
            try {
                String out = train(norm, manager.randomNormal(in)).getShape().toString();
                System.out.println("out " + out);
                return out;
            } catch (IllegalArgumentException e) {
                String kind = e.getClass().getSimpleName();
                System.out.println(kind + ": " + e.getMessage());
                return kind;
            }
        }
    }

    private static float distance() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray batch = manager.randomNormal(new Shape(8, 3));
            Block ghost = GhostBatchNorm.builder().optVirtualBatchSize(4).build();
            Block plain = BatchNorm.builder().build();
            ghost.initialize(manager, DataType.FLOAT32, batch.getShape());
            plain.initialize(manager, DataType.FLOAT32, batch.getShape());
            NDArray expected = train(plain, batch.get(":4")).concat(train(plain, batch.get("4:")));
            float distance = train(ghost, batch).reshape(8, 3).sub(expected).abs().max().getFloat();
            System.out.println(
                    "values of (8, 3) once flattened: " + distance + " away from BatchNorm of each half");
            return distance;
        }
    }

    private static NDArray train(Block norm, NDArray batch) {
        return norm.forward(new ParameterStore(batch.getManager(), false), new NDList(batch), true)
                .head();
    }
}
JAVA
javac -cp "lib/*" -d classes GhostBatch.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" GhostBatch
