package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The real policy; each plan commits immediately. */
final class PolicyReplay implements StreamReplay {
    private final String directory;
    private final StreamPolicy policy;
    private final ModelCheckpoint checkpoint;

    PolicyReplay(
            String directory, String extension, StreamPolicy policy, Disk disk, RetentionSnapshot.Restored restored) {
        this.directory = directory;
        this.policy = policy;
        StreamDirectory files = new StreamDirectory() {
            @Override
            public String extension() {
                return extension;
            }

            @Override
            public boolean exists(String name) {
                return disk.exists(path(name));
            }
        };
        this.checkpoint = new ModelCheckpoint("stream", policy, files, ModelCheckpoint.SaveCondition.ALWAYS, restored);
    }

    static Optional<SavePlan> decide(ModelCheckpoint checkpoint, TraceEvent event) {
        return switch (event.hook()) {
            case TraceEvent.TRAIN_START -> {
                checkpoint.onTrainStart(event);
                yield Optional.empty();
            }
            case TraceEvent.BATCH_END -> checkpoint.onTrainBatchEnd(event);
            case TraceEvent.VALIDATION_END -> checkpoint.onValidationEnd(event);
            case TraceEvent.EPOCH_END -> checkpoint.onTrainEpochEnd(event);
            case TraceEvent.EXCEPTION -> checkpoint.onException(event);
            case TraceEvent.TRAIN_END -> checkpoint.onTrainEnd(event);
            default -> throw new IllegalArgumentException("unknown hook " + event.hook());
        };
    }

    @Override
    public List<Action> hook(TraceEvent event) {
        return decide(checkpoint, event).map(this::perform).orElse(List.of());
    }

    private List<Action> perform(SavePlan plan) {
        List<Action> actions = new ArrayList<>();
        plan.checkpoint().ifPresent(saved -> actions.add(Action.save(path(saved.name()))));
        plan.last()
                .ifPresent(last -> actions.add(
                        last.target().isPresent()
                                ? Action.link(
                                        path(last.name()), path(last.target().get()))
                                : Action.save(path(last.name()))));
        checkpoint.committed(plan, 0).forEach(name -> actions.add(Action.remove(path(name))));
        return actions;
    }

    private String path(String name) {
        return directory + "/" + name;
    }

    String directory() {
        return directory;
    }

    RetentionSnapshot retained() {
        return checkpoint.retained();
    }

    @Override
    public Outcome outcome() {
        RetentionSnapshot retained = checkpoint.retained();
        boolean monitored = policy.monitor().isPresent();
        Map<String, Double> kept = new LinkedHashMap<>();
        if (monitored) {
            retained.topK()
                    .forEach(entry -> kept.put(path(entry.name()), entry.score().orElseThrow()));
        }
        double worst = policy.mode() == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
        return new Outcome(
                retained.ranking().best().map(best -> path(best.name())).orElse(""),
                retained.ranking()
                        .best()
                        .map(best -> best.score().orElse(Double.NaN))
                        .orElse(Double.NaN),
                retained.ranking().kthBest().map(kth -> path(kth.name())).orElse(""),
                retained.ranking()
                        .kthBest()
                        .map(kth -> kth.score().orElseThrow())
                        .orElse(worst),
                retained.ranking().currentScore().orElse(Double.NaN),
                retained.last().map(last -> path(last.name())).orElse(""),
                kept);
    }

    @Override
    public boolean isResumable() {
        return !policy.content().saveWeightsOnly();
    }
}
