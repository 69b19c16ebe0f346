#!/usr/bin/env bash
#
# libtorch 2.7.1 with MKL (by DJL 0.36.0): sqrt of float32 is not correctly rounded; every fifth root is off by one bit.
#
# IEEE 754 requires the float32 that is nearest to the root, and the sqrt instructions of all processors, numpy and Java
# return it. libtorch's CPU build for x86-64 calls MKL's vector library instead, whose "high accuracy" allows more than
# half a unit in the last place. Adam, RMSprop and Adagrad divide by such roots, so PyTorch's default optimizers and
# `fused=True`, which uses the instruction, differ in the last bit, and a reimplementation that is right does not
# reproduce PyTorch. torch 2.13.0+cpu for Python behaves alike.
#
# Seen on an AMD EPYC with AVX-512:
#   sqrt of 100000 float32 between 0 and 1: 19874 differ from the nearest float32, by at most 1 unit in the last place
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

cat >Roots.java <<'JAVA'
import ai.djl.ndarray.NDManager;
import java.util.Random;

public class Roots {
    public static void main(String[] args) {
        Random random = new Random(0);
        float[] numbers = new float[100_000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat();
        }
        int wrong = 0;
        int worst = 0;
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] roots = manager.create(numbers).sqrt().toFloatArray();
            for (int i = 0; i < roots.length; i++) {
                int distance = Math.abs(Float.floatToIntBits(roots[i]) - Float.floatToIntBits((float) Math.sqrt(numbers[i])));
                wrong += distance == 0 ? 0 : 1;
                worst = Math.max(worst, distance);
            }
        }
        System.out.printf(
                "sqrt of %d float32 between 0 and 1: %d differ from the nearest float32, by at most %d unit in the last place%n",
                numbers.length, wrong, worst);
        System.exit(wrong > 1_000 ? 0 : 1);
    }
}
JAVA
javac -cp "lib/*" -d classes Roots.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" Roots
