package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What determines a stream's next save in addition to its retention state, which covers only saves. It is saved with
 * the training state, so that a resumed run saves what an uninterrupted run would save. The clock of a time trigger is
 * not included: as in Lightning, it starts with training.
 *
 * @param awaitsValidation whether a due save waits for the next validation
 * @param skipped number of saves since the last plan that wrote nothing
 * @param skippedStep the step of the last of these; negative if none
 * @param saved whether the stream has a plan for the current step
 * @param criterion what the stream's checkpoints are ranked by; empty without a monitor, or if unknown
 */
public record DecisionState(
        boolean awaitsValidation, long skipped, long skippedStep, boolean saved, Optional<Criterion> criterion) {

    /** What checkpoints are ranked by. */
    public record Criterion(String monitor, Mode mode) {

        /** Such as {@code "val_loss" (MIN)}. */
        @Override
        public String toString() {
            return "\"" + monitor + "\" (" + mode + ")";
        }
    }

    /** Whether checkpoints were ranked by something else than now; not if either is unknown. */
    boolean isRankedOtherwiseThan(Optional<Criterion> now) {
        return criterion.isPresent() && now.isPresent() && !criterion.equals(now);
    }

    /** Entries for a checkpoint. */
    public Map<String, Object> toEntries() {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("awaits_validation", awaitsValidation);
        entries.put("skipped", skipped);
        entries.put("skipped_step", skippedStep);
        entries.put("saved", saved);
        criterion.ifPresent(by -> {
            entries.put("monitor", by.monitor());
            entries.put("mode", by.mode().name());
        });
        return entries;
    }

    /**
     * The state that {@link #toEntries} wrote.
     *
     * @throws IllegalArgumentException if an entry is missing or malformed
     */
    public static DecisionState fromEntries(Map<?, ?> entries) {
        if (entries.get("awaits_validation") instanceof Boolean awaits
                && entries.get("skipped") instanceof Long skipped
                && entries.get("skipped_step") instanceof Long step
                && entries.get("saved") instanceof Boolean saved) {
            return new DecisionState(awaits, skipped, step, saved, criterion(entries));
        }
        throw new IllegalArgumentException(
                "The state of a stream's decisions is malformed: " + entries + "; resume from another checkpoint.");
    }

    private static Optional<Criterion> criterion(Map<?, ?> entries) {
        return entries.get("monitor") instanceof String monitor
                ? Arrays.stream(Mode.values())
                        .filter(mode -> mode.name().equals(entries.get("mode")))
                        .map(mode -> new Criterion(monitor, mode))
                        .findAny()
                : Optional.empty();
    }
}
