package dev.rivulet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeededDatasetTest {
    private final NDManager manager = NDManager.newBaseManager();
    private final ExecutorService executor = Executors.newFixedThreadPool(3);

    @AfterEach
    void close() {
        executor.shutdownNow();
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 20})
    void aResumedEpochGivesExactlyTheRemainingRecords(int records) throws Exception {
        CountingDataset counting = CountingDataset.of(records).build();
        SeededDataset shuffled = SeededDataset.shuffled(counting, 4, 42);
        SeededDataset sequential = SeededDataset.sequential(counting, 4);
        for (SeededDataset dataset : List.of(
                shuffled,
                shuffled.dropLast(),
                shuffled.prefetch(executor),
                shuffled.dropLast().prefetch(executor),
                sequential,
                sequential.dropLast(),
                sequential.prefetch(executor))) {
            for (long epoch = 0; epoch < 3; epoch++) {
                List<List<Long>> whole = pass(dataset, epoch, 0);
                for (int start = 0; start <= whole.size(); start++) {
                    counting.loaded().clear();

                    List<List<Long>> rest = pass(dataset, epoch, start);

                    assertThat(rest).isEqualTo(whole.subList(start, whole.size()));
                    assertThat(counting.loaded()).containsExactlyInAnyOrderElementsOf(flat(rest));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, 2, '[[0, 1], [2, 3], [4]]', '[[0, 1], [2, 3]]'",
        "4, 2, '[[0, 1], [2, 3]]', '[[0, 1], [2, 3]]'",
        "1, 2, '[[0]]', '[]'",
        "0, 2, '[]', '[]'"
    })
    void givesBatchesInTheOrderOfTheData(int records, int batchSize, String all, String fullOnes) throws Exception {
        SeededDataset dataset =
                SeededDataset.sequential(CountingDataset.of(records).build(), batchSize);

        assertThat(pass(dataset, 3, 0)).hasToString(all);
        assertThat(pass(dataset.dropLast(), 3, 0)).hasToString(fullOnes);
    }

    @Test
    void shufflesEachEpochDifferently() throws Exception {
        SeededDataset dataset = SeededDataset.shuffled(CountingDataset.of(50).build(), 7, 42);
        List<Long> first = flat(pass(dataset, 0, 0));
        List<Long> second = flat(pass(dataset, 1, 0));

        assertThat(first)
                .isNotEqualTo(second)
                .isNotEqualTo(LongStream.range(0, 50).boxed().toList());
        assertThat(second)
                .containsExactlyInAnyOrderElementsOf(first)
                .hasSize(50)
                .doesNotHaveDuplicates();
        assertThat(flat(pass(dataset, 0, 0))).isEqualTo(first);
        assertThat(flat(pass(SeededDataset.shuffled(CountingDataset.of(50).build(), 7, 43), 0, 0)))
                .isNotEqualTo(first);
    }

    @Test
    void usesTheBulkPathOfArrayDatasets() throws Exception {
        ArrayDataset numbers = new ArrayDataset.Builder()
                .setData(manager.create(IntStream.range(0, 10).toArray(), new Shape(10)))
                .setSampling(1, true)
                .build();

        assertThat(pass(SeededDataset.shuffled(numbers, 4, 42), 0, 1)).hasToString("[[4, 0, 5, 8], [1, 2]]");
    }

    @Test
    void respectsTheLimitOfTheData() throws Exception {
        CountingDataset limited = CountingDataset.of(10).optLimit(5).build();

        assertThat(pass(SeededDataset.sequential(limited, 2), 0, 1)).hasToString("[[2, 3], [4]]");
    }

    @Test
    void givesTheFirstEpochByDefault() throws Exception {
        SeededDataset dataset = SeededDataset.shuffled(CountingDataset.of(9).build(), 4, 42);
        List<List<Long>> seen = new ArrayList<>();
        for (Batch batch : dataset.getData(manager, executor)) {
            seen.add(indices(batch));
            batch.close();
        }

        assertThat(seen).isEqualTo(pass(dataset, 0, 0));
    }

    @Test
    void countsConsumedBatchesWithoutPrefetchedOnes() throws Exception {
        CountingDataset counting = CountingDataset.of(40).optPrefetchNumber(5).build();
        SeededDataset dataset = SeededDataset.shuffled(counting, 4, 42).prefetch(executor);
        List<List<Long>> whole = pass(dataset, 2, 0);
        long stopped;
        List<List<Long>> seen = new ArrayList<>();
        counting.loaded().clear();
        try (BatchIterator batches = new BatchIterator(dataset, manager, 2, 1)) {
            for (int i = 0; i < 3; i++) {
                try (Batch batch = batches.next()) {
                    seen.add(indices(batch));
                }
            }
            stopped = batches.batchesConsumed();
        }
        seen.addAll(pass(dataset, 2, stopped));

        assertThat(stopped).isEqualTo(4);
        assertThat(seen).isEqualTo(whole.subList(1, whole.size()));
    }

    @Test
    void closingEarlyWaitsForRunningLoadsAndStartsNoMore() throws Exception {
        ExecutorService single = Executors.newSingleThreadExecutor();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountingDataset counting = CountingDataset.of(40)
                .optPrefetchNumber(5)
                .whenLoading(() -> {
                    loading.countDown();
                    await(goOn);
                })
                .build();
        try {
            BatchIterator batches =
                    new BatchIterator(SeededDataset.sequential(counting, 1).prefetch(single), manager, 0, 0);
            await(loading);
            Thread closing = new Thread(batches::close);
            closing.start();
            while (closing.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            goOn.countDown();
            closing.join();
            single.submit(() -> {}).get();

            assertThat(counting.loaded()).containsExactly(0L);
        } finally {
            single.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void refusesToPrefetchZeroBatches() {
        CountingDataset counting = CountingDataset.of(4).optPrefetchNumber(0).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pass(SeededDataset.sequential(counting, 2).prefetch(executor), 0, 0))
                .withMessageContaining("optPrefetchNumber");
    }

    @Test
    void refusesToStartPastTheEnd() {
        SeededDataset dataset = SeededDataset.sequential(CountingDataset.of(5).build(), 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pass(dataset, 7, 4))
                .withMessageContaining("Epoch 7 starts at batch 4, but an epoch of 5 records has 3 batches; resume"
                        + " with the data"
                        + " and the batch size of the original run.");
        assertThatIllegalArgumentException().isThrownBy(() -> pass(dataset, 7, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SeededDataset.sequential(CountingDataset.of(5).build(), 0));
    }

    @Test
    void describesItsOrder() {
        CountingDataset counting = CountingDataset.of(5).build();

        assertThat(SeededDataset.shuffled(counting, 2, 42).dropLast().order())
                .isEqualTo("shuffled by 42, 5 records, batches of 2, without a smaller last one");
        assertThat(SeededDataset.sequential(counting, 2).order()).isEqualTo("sequential, 5 records, batches of 2");
    }

    private List<List<Long>> pass(Dataset dataset, long epoch, long startBatch) throws Exception {
        List<List<Long>> seen = new ArrayList<>();
        try (BatchIterator batches = new BatchIterator(dataset, manager, epoch, startBatch)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    seen.add(indices(batch));
                }
            }
        }
        return seen;
    }

    /** Checked against the data, where the data is the index. */
    private static List<Long> indices(Batch batch) {
        List<Long> indices = batch.getIndices().stream().map(Long.class::cast).toList();
        Number[] data = batch.getData().head().toArray();
        assertThat(data).extracting(Number::longValue).isEqualTo(indices);
        return indices;
    }

    private static List<Long> flat(List<List<Long>> batches) {
        return batches.stream().flatMap(List::stream).toList();
    }
}
