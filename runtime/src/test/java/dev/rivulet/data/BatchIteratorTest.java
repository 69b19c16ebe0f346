package dev.rivulet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Sampler;
import ai.djl.translate.Batchifier;
import ai.djl.util.Progress;
import ai.djl.util.RandomUtils;
import dev.rivulet.random.RandomState;
import dev.rivulet.random.TrainingRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchIteratorTest {
    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({
        "6, 2, false, '0 1|2 3|4 5'",
        "5, 2, false, '0 1|2 3|4'",
        "5, 2, true, '0 1|2 3'",
        "6, 2, true, '0 1|2 3|4 5'",
        "1, 2, false, '0'",
        "3, 3, false, '0 1 2'"
    })
    void givesEveryBatchAndReportsTheLast(int records, int batchSize, boolean dropLast, String expected)
            throws Exception {
        ArrayDataset dataset =
                numbers(records).setSampling(batchSize, false, dropLast).build();

        assertThat(pass(dataset)).isEqualTo(expected + " last");
    }

    @Test
    void reportsTheLastBatchOfASamplerThatSkipsRecords() throws Exception {
        Sampler firstFour = new Sampler() {
            @Override
            public Iterator<List<Long>> sample(RandomAccessDataset dataset) {
                return List.of(List.of(3L, 2L), List.of(1L, 0L)).iterator();
            }

            @Override
            public int getBatchSize() {
                return 2;
            }
        };
        ArrayDataset dataset = numbers(100).setSampling(firstFour).build();

        assertThat(pass(dataset)).isEqualTo("3 2|1 0 last");
    }

    @Test
    void reportsTheLastBatchOfADatasetOfUnknownSize() throws Exception {
        assertThat(pass(new Stream(5))).isEqualTo("0|1|2|3|4 last");
    }

    @Test
    void endsAtOnceForADatasetWithoutBatches() throws Exception {
        try (BatchIterator batches = new BatchIterator(new Stream(0), manager)) {
            assertThat(batches.hasNext()).isFalse();
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(batches::next);
        }
    }

    @Test
    void closesBatchesThatTheCallerLeftOpen() throws Exception {
        ArrayDataset dataset = numbers(6).setSampling(2, false).build();
        int arrays = manager.getManagedArrays().size();
        Batch forgotten;
        try (BatchIterator batches = new BatchIterator(dataset, manager)) {
            forgotten = batches.next();
            batches.next();
        }

        assertThat(forgotten.getData().head().isReleased()).isTrue();
        assertThat(manager.getManagedArrays()).hasSize(arrays);
    }

    /** DJL draws the order when the epoch starts; training draws at every batch. */
    @Test
    void resumesInAnEpochThatDjlShuffles() throws Exception {
        ArrayDataset dataset = numbers(20).setSampling(3, true).build();
        TrainingRandom random = new TrainingRandom(42, Device.cpu());
        RandomState atEpochStart = random.capture();
        List<String> whole = new ArrayList<>();
        List<RandomState> states = new ArrayList<>();
        try (BatchIterator batches = new BatchIterator(dataset, manager, 0, 0)) {
            while (batches.hasNext()) {
                states.add(random.capture());
                whole.add(batchAndDraw(batches));
            }
        }

        for (int start = 0; start < whole.size(); start++) {
            random.restore(atEpochStart);
            try (BatchIterator batches = new BatchIterator(dataset, manager, 0, start)) {
                random.restore(states.get(start));
                List<String> rest = new ArrayList<>();
                while (batches.hasNext()) {
                    rest.add(batchAndDraw(batches));
                }
                assertThat(rest).isEqualTo(whole.subList(start, whole.size()));
                assertThat(batches.batchesConsumed()).isEqualTo(whole.size());
            }
        }
    }

    private String batchAndDraw(BatchIterator batches) {
        try (Batch batch = batches.next();
                NDArray drawn = manager.randomUniform(0, 1, new Shape(1))) {
            return batch.getIndices() + " " + drawn.getFloat() + " " + RandomUtils.nextInt();
        }
    }

    @Test
    void refusesToStartPastTheEnd() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatchIterator(new Stream(3), manager, 0, 4).close())
                .withMessageContaining("The pass starts at batch 4, but the data set has only 3 batches; resume with"
                        + " the data and"
                        + " the batch size of the original run.");
    }

    /** The numbers of all batches, each read after the iterator has looked ahead. */
    private String pass(Dataset dataset) throws Exception {
        List<String> seen = new ArrayList<>();
        try (BatchIterator batches = new BatchIterator(dataset, manager)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    String numbers = String.join(
                            " ",
                            IntStream.of(batch.getData().head().toIntArray())
                                    .mapToObj(Integer::toString)
                                    .toList());
                    seen.add(numbers + (batches.isLast() ? " last" : ""));
                }
            }
        }
        return String.join("|", seen);
    }

    private ArrayDataset.Builder numbers(int count) {
        return new ArrayDataset.Builder()
                .setData(manager.create(IntStream.range(0, count).toArray(), new Shape(count)));
    }

    /** Batches of one number each, without a size or progress. */
    private record Stream(int count) implements Dataset {

        @Override
        public Iterable<Batch> getData(NDManager manager) {
            return () -> IntStream.range(0, count)
                    .mapToObj(number -> batch(manager.newSubManager(), number))
                    .iterator();
        }

        private static Batch batch(NDManager manager, int number) {
            return new Batch(
                    manager,
                    new NDList(manager.create(new int[] {number})),
                    new NDList(),
                    1,
                    Batchifier.STACK,
                    Batchifier.STACK,
                    0,
                    0);
        }

        @Override
        public void prepare(Progress progress) {}
    }
}
