package dev.rivulet.internal.lightning;

import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopProgress.Position;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the entry {@code loops} that Lightning would write at the same position.
 *
 * <p>Lightning resumes from the counts of epochs, batches and steps. It also writes counts that it never reads and that
 * {@link LoopProgress} does not have. Of these, {@code _batches_that_stepped} (the x axis of loggers) and {@code
 * zero_grad} depend on the number of accumulated batches, for which the smallest number that is consistent with the
 * other counts is used. A validation counts as one batch.
 *
 * @see <a href="https://github.com/Lightning-AI/pytorch-lightning/blob/2.6.6/src/lightning/pytorch/loops/progress.py">Lightning's counts</a>
 */
final class LoopsWriter {
    private final LoopProgress progress;
    private final List<Map<String, @Nullable Object>> lrSchedulers;
    private final long batches;
    private final long epochsBefore;
    private final long accumulated;
    private final long steps;

    LoopsWriter(LoopProgress progress, List<Map<String, @Nullable Object>> lrSchedulers) {
        this.progress = progress;
        this.lrSchedulers = lrSchedulers;
        batches = progress.batchIndex() + 1L;
        boolean ended = progress.position() == Position.EPOCH_END || progress.position() == Position.TRAIN_END;
        epochsBefore = Math.max(0, progress.epochs().ended() - (ended ? 1 : 0));
        accumulated = accumulated();
        steps = Math.min(stepsOfEpoch(accumulated), progress.globalStep());
    }

    Map<String, @Nullable Object> loops() {
        Map<String, @Nullable Object> loops = new LinkedHashMap<>();
        loops.put("fit_loop", fitLoop());
        loops.put("validate_loop", idle(batches(SavedCount.done(0), SavedCount.done(0), false)));
        loops.put("test_loop", idle(batches(SavedCount.done(0), SavedCount.done(0), false)));
        loops.put("predict_loop", idle(progress(SavedCount.done(0), SavedCount.done(0))));
        return loops;
    }

    private Map<String, @Nullable Object> fitLoop() {
        SavedCount validation = SavedCount.done(progress.validation().hasRun() ? 1 : 0);
        Map<String, @Nullable Object> loop = new LinkedHashMap<>();
        loop.put("state_dict", Map.of());
        loop.put(
                "epoch_loop.state_dict",
                Map.of("_batches_that_stepped", progress.globalStep() - (isPending() ? 1 : 0)));
        loop.put("epoch_loop.batch_progress", batchProgress());
        loop.put("epoch_loop.scheduler_progress", schedulerProgress());
        loop.put("epoch_loop.automatic_optimization.state_dict", Map.of());
        loop.put("epoch_loop.automatic_optimization.optim_progress", Map.of("optimizer", optimizerProgress()));
        loop.put("epoch_loop.manual_optimization.state_dict", Map.of());
        loop.put("epoch_loop.manual_optimization.optim_step_progress", steps(0, 0));
        loop.put("epoch_loop.val_loop.state_dict", Map.of());
        loop.put(
                "epoch_loop.val_loop.batch_progress",
                batches(validation, validation, progress.validation().hasRun()));
        loop.put("epoch_progress", progress(epochs(), epochs()));
        return loop;
    }

    private SavedCount epochs() {
        return switch (progress.position()) {
            case BATCH_START, BATCH_END, VALIDATION_END ->
                SavedCount.running(progress.epochs().ended() + 1L);
            case EPOCH_END -> SavedCount.ending(progress.epochs().ended());
            case TRAIN_END -> SavedCount.done(progress.epochs().ended());
        };
    }

    private Map<String, @Nullable Object> batchProgress() {
        boolean ending = progress.position() == Position.BATCH_END;
        SavedCount total = ending
                ? SavedCount.ending(progress.batches().total())
                : SavedCount.done(progress.batches().total());
        SavedCount current = ending ? SavedCount.ending(batches) : SavedCount.done(batches);
        return batches(total, current, progress.lastBatch());
    }

    private Map<String, @Nullable Object> optimizerProgress() {
        long cleared = (batches + accumulated - 1) / accumulated;
        Map<String, @Nullable Object> zeroGrad = new LinkedHashMap<>();
        zeroGrad.put(
                "total",
                SavedCount.done(progress.globalStep() - steps + cleared).toStartedEntries());
        zeroGrad.put("current", SavedCount.done(cleared).toStartedEntries());
        Map<String, @Nullable Object> optimizer = new LinkedHashMap<>();
        optimizer.put("step", steps(progress.globalStep(), steps));
        optimizer.put("zero_grad", zeroGrad);
        return optimizer;
    }

    /** A scheduler's {@code last_epoch} counts its steps. */
    private Map<String, @Nullable Object> schedulerProgress() {
        long total = 0;
        long current = 0;
        for (Map<String, @Nullable Object> scheduler : lrSchedulers) {
            long taken = scheduler.get("last_epoch") instanceof Number count ? Math.max(0, count.longValue()) : 0;
            boolean bySteps = taken == progress.globalStep() || taken > epochsBefore + 1;
            total += taken;
            current += Math.max(0, taken - (bySteps ? progress.globalStep() - steps : epochsBefore));
        }
        return steps(total, current);
    }

    /** Whether the batch made a step that Lightning has not counted for its loggers at this position. */
    private boolean isPending() {
        boolean stepped = batches > 0 && (progress.lastBatch() || batches % accumulated == 0);
        return stepped && (progress.position() == Position.BATCH_END || progress.position() == Position.VALIDATION_END);
    }

    private long accumulated() {
        long longest =
                Math.max(batches + 1, epochsBefore > 0 ? progress.batches().ofEpoch() : 0);
        for (long count = 1; count <= longest; count++) {
            long stepsBefore = epochsBefore * ((progress.batches().ofEpoch() + count - 1) / count);
            if ((epochsBefore == 0 ? 0 : stepsBefore) + stepsOfEpoch(count) == progress.globalStep()) {
                return count;
            }
        }
        return 1; // An earlier epoch had another length or was cut short.
    }

    private long stepsOfEpoch(long count) {
        return progress.lastBatch() ? (batches + count - 1) / count : batches / count;
    }

    private static Map<String, @Nullable Object> idle(Map<String, @Nullable Object> batchProgress) {
        Map<String, @Nullable Object> loop = new LinkedHashMap<>();
        loop.put("state_dict", Map.of());
        loop.put("batch_progress", batchProgress);
        return loop;
    }

    private static Map<String, @Nullable Object> batches(SavedCount total, SavedCount current, boolean lastBatch) {
        Map<String, @Nullable Object> entries = progress(total, current);
        entries.put("is_last_batch", lastBatch);
        return entries;
    }

    private static Map<String, @Nullable Object> progress(SavedCount total, SavedCount current) {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("total", total.toEntries());
        entries.put("current", current.toEntries());
        return entries;
    }

    private static Map<String, @Nullable Object> steps(long total, long current) {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("total", SavedCount.done(total).toReadyEntries());
        entries.put("current", SavedCount.done(current).toReadyEntries());
        return entries;
    }
}
