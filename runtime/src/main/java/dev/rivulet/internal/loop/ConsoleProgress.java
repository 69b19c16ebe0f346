package dev.rivulet.internal.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.hook.ModelHooks;
import java.util.Locale;
import java.util.StringJoiner;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows each epoch as a progress bar with the newest metrics, on standard error. */
public final class ConsoleProgress implements ModelHooks {
    private static final long REFRESH_NANOS = 100_000_000;

    private final LoopState state;
    private final Metrics metrics;
    private @Nullable ProgressBar bar;
    private long refreshed;

    /** A progress bar for a run. */
    public ConsoleProgress(LoopState state, Metrics metrics) {
        this.state = state;
        this.metrics = metrics;
    }

    @Override
    public void onTrainBatchStart(Batch batch, int batchIndex) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("Epoch " + state.epoch())
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis((int) (REFRESH_NANOS / 1_000_000))
                    .setInitialMax(state.batchesOfEpoch())
                    .build();
        }
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
        long now = System.nanoTime();
        if (bar != null && now - refreshed >= REFRESH_NANOS) {
            refreshed = now;
            bar.stepTo(batchIndex + 1L);
            bar.setExtraMessage(describeMetrics());
        }
    }

    @Override
    public void onTrainEpochEnd() {
        if (bar != null) {
            bar.maxHint(state.batchesOfEpoch());
            bar.stepTo(state.batchIndex() + 1L);
            bar.setExtraMessage(describeMetrics());
        }
        close();
    }

    @Override
    public void onException(Throwable exception) {
        close();
    }

    private void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private String describeMetrics() {
        StringJoiner message = new StringJoiner(" ", " ", "");
        metrics.toMap().forEach((name, value) -> message.add(name + "=" + String.format(Locale.ROOT, "%.3g", value)));
        return message.toString();
    }
}
