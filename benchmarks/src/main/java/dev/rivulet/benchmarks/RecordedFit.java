package dev.rivulet.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.rivulet.Callback;
import dev.rivulet.FitResult;
import dev.rivulet.Trainer;
import dev.rivulet.annotations.CheckpointFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A fit that saves periodically, with figures on each save from its flight recording.
 *
 * @param blocked nanoseconds that training waited, per save
 * @param copying nanoseconds of the copy, included in {@code blocked}
 * @param busy number of saves that found the writer still busy with an earlier one
 * @param result the result of the fit
 */
record RecordedFit(List<Double> blocked, List<Double> copying, long busy, FitResult result) {
    private static final String SNAPSHOT = "dev.rivulet.Snapshot";

    /**
     * Settings of the fit.
     *
     * @param size size of the model
     * @param module creates the module
     * @param streams names of its derived streams
     * @param everyNTrainSteps interval at which all streams save; 0 for never
     * @param steps number of steps
     * @param format format of the original stream's files
     */
    record Plan(
            LayersModule.Size size,
            Function<LayersModule.Size, LayersModule> module,
            List<String> streams,
            int everyNTrainSteps,
            int steps,
            CheckpointFormat format) {

        /** A fit with the given number of saves, and some steps after the last. */
        static Plan ofSaves(
                LayersModule.Size size,
                Function<LayersModule.Size, LayersModule> module,
                List<String> streams,
                int everyNTrainSteps,
                int saves) {
            int steps = saves * everyNTrainSteps + everyNTrainSteps / 2 + 1;
            return new Plan(size, module, streams, everyNTrainSteps, steps, CheckpointFormat.AUTO);
        }

        /** The same with files of another format. */
        Plan withFormat(CheckpointFormat other) {
            return new Plan(size, module, streams, everyNTrainSteps, steps, other);
        }
    }

    /** Runs a fit in a new directory and deletes it afterwards. */
    static RecordedFit run(Plan plan, Callback... callbacks) throws Exception {
        try (Recording recording = new Recording();
                WorkingFolder folder = new WorkingFolder()) {
            recording.enable(SNAPSHOT).withoutThreshold();
            recording.start();
            FitResult result = fit(plan, folder.path(), callbacks);
            recording.stop();
            Path file = folder.path().resolve("recording.jfr");
            recording.dump(file);
            List<RecordedEvent> events = events(file);
            return new RecordedFit(
                    events.stream()
                            .map(event -> (double) event.getDuration().toNanos())
                            .toList(),
                    events.stream()
                            .map(event -> (double) event.getDuration("copying").toNanos())
                            .toList(),
                    events.stream()
                            .filter(event -> event.getInt("queueDepth") > 1)
                            .count(),
                    result);
        }
    }

    private static FitResult fit(Plan plan, Path folder, Callback... callbacks) {
        LayersModule.Size size = plan.size();
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
                PreparedBatches batches =
                        new PreparedBatches(manager, plan.steps(), size.batchSize(), size.width(), 1);
                LayersModule module = plan.module().apply(size)) {
            Trainer.Builder trainer = Trainer.builder()
                    .maxEpochs(1)
                    .defaultRootDir(folder)
                    .enableProgressBar(false)
                    .callbacks(callbacks);
            if (plan.everyNTrainSteps() == 0) {
                trainer.enableCheckpointing(false);
            } else {
                trainer.stream(
                        "original",
                        policy ->
                                policy.everyNTrainSteps(plan.everyNTrainSteps()).format(plan.format()));
                for (String stream : plan.streams()) {
                    trainer.stream(stream, policy -> policy.everyNTrainSteps(plan.everyNTrainSteps()));
                }
            }
            return trainer.build().fit(module, batches);
        }
    }

    private static List<RecordedEvent> events(Path file) throws IOException {
        List<RecordedEvent> events = new ArrayList<>(RecordingFile.readAllEvents(file));
        events.removeIf(event -> !event.getEventType().getName().equals(SNAPSHOT));
        events.sort((first, second) -> first.getStartTime().compareTo(second.getStartTime()));
        return events;
    }
}
