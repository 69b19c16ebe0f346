#!/usr/bin/env bash
#
# DJL 0.36.0, PyTorch engine (libtorch 2.7.1): the parts of randomSplit hold other records when read in order.
#
# ArrayDataset.randomSplit shuffles the record numbers and gives each part its share of them. get(i) and batches of
# scattered records go through that table. A batch whose positions follow each other, which means every batch of
# sequential sampling, every batch of one record, and toArray(), is read as a range of the *original* data, past the
# table. So one part is two sets of records, depending on how it is asked. torch.utils.data.random_split has one. Read
# in order, a split of data sorted by class is no random split at all: each part has a class of its own. Trained on
# shuffled batches and validated in order, the validation holds records of the training.
#
# Seen: 10 records, 0 to 4 of class 0, 5 to 9 of class 1, randomSplit(5, 5); part 0 has
#   by get(i):                      [2, 0, 5, 4, 7]
#   by batches of scattered places: [2, 0, 4, 5, 7]
#   by batches in order:            [0, 1, 2, 3, 4] of class [0, 0, 0, 0, 0]
#   by batches of one record:       [0, 1, 2, 3, 4]
#   by toArray():                   [0, 1, 2, 3, 4]
#   part 1 in order: [5, 6, 7, 8, 9], of which get(i) finds in part 0: [5, 7]
# (the second line is in the order asked for: places 0, 1, 3 and then 2, 4)
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

cat >RandomSplit.java <<'JAVA'
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Sampler;
import ai.djl.training.dataset.SequenceSampler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

public class RandomSplit {
    private static final List<Integer> FIRST_FIVE = List.of(0, 1, 2, 3, 4);
    private static final List<Integer> LAST_FIVE = List.of(5, 6, 7, 8, 9);

    public static void main(String[] args) throws Exception {
        Engine.getInstance().setRandomSeed(3);
        try (NDManager manager = NDManager.newBaseManager()) {
            ArrayDataset dataset = new ArrayDataset.Builder()
                    .setData(manager.create(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}))
                    .optLabels(manager.create(new int[] {0, 0, 0, 0, 0, 1, 1, 1, 1, 1}))
                    .setSampling(5, false)
                    .build();
            RandomAccessDataset[] parts = dataset.randomSplit(5, 5);

            List<Integer> byGet = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                byGet.add(parts[0].get(manager, i).getData().head().toIntArray()[0]);
            }
            List<Integer> scattered = new ArrayList<>();
            List<Integer> inOrder = new ArrayList<>();
            List<Integer> classes = new ArrayList<>();
            List<Integer> one = new ArrayList<>();
            List<Integer> otherInOrder = new ArrayList<>();
            read(parts[0].getData(manager, places(List.of(0L, 1L, 3L), List.of(2L, 4L))), scattered, null);
            read(parts[0].getData(manager), inOrder, classes);
            read(parts[0].getData(manager, new BatchSampler(new SequenceSampler(), 1)), one, null);
            read(parts[1].getData(manager), otherInOrder, null);
            List<Integer> array = new ArrayList<>();
            for (Number[] row : parts[0].toArray(manager).getKey()) {
                array.add(row[0].intValue());
            }
            List<Integer> leaked = new ArrayList<>(otherInOrder);
            leaked.retainAll(byGet);

            System.out.println("10 records, 0 to 4 of class 0, 5 to 9 of class 1, randomSplit(5, 5); part 0 has");
            System.out.println("by get(i):                      " + byGet);
            System.out.println("by batches of scattered places: " + scattered);
            System.out.println("by batches in order:            " + inOrder + " of class " + classes);
            System.out.println("by batches of one record:       " + one);
            System.out.println("by toArray():                   " + array);
            System.out.println("part 1 in order: " + otherInOrder + ", of which get(i) finds in part 0: " + leaked);

            Set<Integer> drawn = new HashSet<>(byGet);
            boolean asDescribed = drawn.size() == 5
                    && !drawn.equals(new HashSet<>(FIRST_FIVE))
                    && drawn.equals(new HashSet<>(scattered))
                    && inOrder.equals(FIRST_FIVE)
                    && one.equals(FIRST_FIVE)
                    && array.equals(FIRST_FIVE)
                    && otherInOrder.equals(LAST_FIVE)
                    && !leaked.isEmpty();
            System.exit(asDescribed ? 0 : 1);
        }
    }

    @SafeVarargs
    private static Sampler places(List<Long>... batches) {
        return new Sampler() {
            @Override
            public Iterator<List<Long>> sample(RandomAccessDataset dataset) {
                return List.of(batches).iterator();
            }

            @Override
            public int getBatchSize() {
                return -1;
            }
        };
    }

    private static void read(Iterable<Batch> batches, List<Integer> data, List<Integer> labels) {
        for (Batch batch : batches) {
            add(batch.getData(), data);
            if (labels != null) {
                add(batch.getLabels(), labels);
            }
            batch.close();
        }
    }

    private static void add(NDList arrays, List<Integer> to) {
        for (int value : arrays.head().toIntArray()) {
            to.add(value);
        }
    }
}
JAVA
javac -cp "lib/*" -d classes RandomSplit.java || exit 2

unset PYTORCH_VERSION PYTORCH_FLAVOR
ENGINE_CACHE_DIR="$work/engine" java -Dai.djl.offline=true -cp "lib/*:classes" RandomSplit
