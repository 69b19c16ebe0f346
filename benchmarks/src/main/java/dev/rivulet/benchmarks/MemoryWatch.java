package dev.rivulet.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import com.sun.management.ThreadMXBean;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Samples the process's memory after each training step. */
final class MemoryWatch implements Callback {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<Sample> samples = new ArrayList<>();

    /**
     * Memory after a step.
     *
     * @param trained bytes that the training thread has allocated on the heap so far
     * @param written bytes that the writer thread has allocated on the heap so far
     * @param direct bytes of direct memory in use
     * @param resident resident bytes of the process; empty if the system does not report them
     */
    record Sample(long trained, long written, long direct, OptionalLong resident) {}

    @Override
    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex)
            throws IOException {
        samples.add(new Sample(
                THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()), writer(), direct(), resident()));
    }

    /** The sample after a step, from 1. */
    Sample after(int step) {
        return samples.get(step - 1);
    }

    /** Median allocation of the training thread per step, in bytes. */
    double allocatedPerStep() {
        double[] steps = new double[samples.size() - 1];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = samples.get(i + 1).trained() - samples.get(i).trained();
        }
        return PairedRuns.median(steps);
    }

    private static long writer() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("rivulet-writer")) {
                return THREADS.getThreadAllocatedBytes(thread.getId());
            }
        }
        return 0;
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static OptionalLong resident() throws IOException {
        if (!Files.exists(STATUS)) {
            return OptionalLong.empty();
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst();
    }
}
