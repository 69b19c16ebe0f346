package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.DeclaredTriggers;
import dev.rivulet.policy.StreamPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Models what a policy keeps that keeps more than the best k, as simply as possible: lists and linear searches. Names
 * are steps; each plan commits immediately.
 */
final class RetentionOracle {
    private final StreamPolicy policy;
    private final DeclaredTriggers triggers;
    private final List<Save> best = new ArrayList<>();
    private final List<Save> newest = new ArrayList<>();
    private final List<Save> everyNth = new ArrayList<>();
    private String exceptionFile = "";
    private long exceptionBytes;
    private String last = "";
    private long lastBytes;
    private boolean bestIsNamed;
    private long saves;
    private long lastStepCounted = -1;
    private long lastStepSaved;
    private boolean savedAny;
    private boolean waits;
    private long lastChecked;
    private boolean started;

    private record Save(long step, double badness) {
        String file() {
            return "step=" + step + ".ckpt";
        }

        long bytes() {
            return size(step);
        }
    }

    RetentionOracle(StreamPolicy policy) {
        this.policy = policy;
        this.triggers = policy.schedule().triggers();
    }

    static long size(long step) {
        return 1 + step * 7 % 5;
    }

    static StreamDirectory directory(Map<String, Long> disk) {
        return new StreamDirectory() {
            @Override
            public String extension() {
                return ".ckpt";
            }

            @Override
            public boolean exists(String name) {
                return disk.containsKey(name);
            }
        };
    }

    /** Carries out a plan on a disk of file sizes; a link has the negative size of its target. */
    static void carryOut(SavePlan plan, ModelCheckpoint stream, Map<String, Long> disk) {
        long bytes = size(plan.globalStep());
        plan.checkpoint().ifPresent(saved -> disk.put(saved.name(), bytes));
        plan.last()
                .ifPresent(pointer -> disk.put(pointer.name(), pointer.target().isPresent() ? -bytes : bytes));
        plan.best().ifPresent(pointer -> {
            long named = disk.getOrDefault(pointer.checkpoint(), 0L);
            disk.put(pointer.name(), pointer.linked() ? -named : named);
        });
        stream.committed(plan, bytes).forEach(disk::remove);
    }

    /** The files with their sizes; a link has the negative size of its target. */
    Map<String, Long> disk() {
        Map<String, Long> files = new TreeMap<>();
        all().forEach(save -> files.put(save.file(), save.bytes()));
        if (!exceptionFile.isEmpty()) {
            files.put(exceptionFile, exceptionBytes);
        }
        if (!last.isEmpty()) {
            files.put("last.ckpt", lastBytes);
        }
        if (bestIsNamed && !best.isEmpty()) {
            files.put("best.ckpt", policy.saveBest() == SaveBest.LINK ? -bestBytes() : bestBytes());
        }
        return files;
    }

    private long bestBytes() {
        return leastBad().bytes();
    }

    /** Returns false if the monitored metric is missing although a validation has run, which the newest n do without. */
    boolean hook(TraceEvent event) {
        switch (event.hook()) {
            case TraceEvent.TRAIN_START -> {
                started = true;
                lastChecked = event.nanoTime();
            }
            case TraceEvent.BATCH_END -> {
                return batchEnd(event);
            }
            case TraceEvent.VALIDATION_END -> {
                if (skips(event)) {
                    return true;
                }
                boolean here = !event.savesOnTrainEpochEnd();
                boolean due =
                        (waits && (here || policy.keepLast() > 0 || hasMetric(event))) || (here && epochIsDue(event));
                boolean fine = !due || save(event);
                waits = false;
                return fine;
            }
            case TraceEvent.EPOCH_END -> {
                return skips(event) || !event.savesOnTrainEpochEnd() || !epochIsDue(event) || save(event);
            }
            case TraceEvent.EXCEPTION -> exception(event);
            default -> trainEnd(event);
        }
        return true;
    }

    private boolean batchEnd(TraceEvent event) {
        int n = triggers.everyNTrainSteps().orElse(0);
        boolean due = n > 0 && event.globalStep() % n == 0;
        if (triggers.trainTimeInterval().isPresent() && started) {
            long interval = Duration.parse(triggers.trainTimeInterval().get()).toNanos();
            boolean timeIsDue = event.nanoTime() - lastChecked >= interval;
            lastChecked = timeIsDue ? event.nanoTime() : lastChecked;
            due |= timeIsDue;
        }
        if (due && scored() && (event.validationRunsNow() || (!hasMetric(event) && policy.keepLast() == 0))) {
            waits = true;
            return true;
        }
        return !due || skips(event) || save(event);
    }

    private boolean epochIsDue(TraceEvent event) {
        int n = triggers.everyNEpochs().orElse(0);
        return n > 0 && (event.epoch() + 1) % n == 0;
    }

    private boolean skips(TraceEvent event) {
        return event.fastDevRun() || event.sanityChecking() || event.globalStep() == lastStepSaved;
    }

    private boolean scored() {
        return policy.monitor().isPresent()
                && (policy.saveTopK() != 0 || policy.keepLast() > 0 || policy.keepEveryNth() > 0);
    }

    private boolean hasMetric(TraceEvent event) {
        return policy.monitor().orElseThrow().equals("step") || event.logged().containsKey("v");
    }

    private double badness(TraceEvent event) {
        double value = policy.monitor().orElseThrow().equals("step")
                ? event.globalStep()
                : event.logged().getOrDefault("v", Double.NaN);
        double signed = policy.mode() == Mode.MIN ? value : -value;
        return Double.isNaN(signed) ? Double.POSITIVE_INFINITY : signed + 0.0;
    }

    private boolean save(TraceEvent event) {
        boolean missing = scored() && !hasMetric(event);
        if (missing && event.validationHasRun() && policy.keepLast() == 0) {
            return false;
        }
        long step = event.globalStep();
        Save save = new Save(step, missing ? Double.POSITIVE_INFINITY : scored() ? badness(event) : 0);
        long number = step == lastStepCounted ? saves : saves + 1;
        boolean isNth = policy.keepEveryNth() > 0 && number % policy.keepEveryNth() == 0;
        boolean isBest = !missing && addToTopK(save);
        boolean kept = isBest || isNth || policy.keepLast() > 0;
        if (kept || policy.keepEveryNth() > 0 || policy.saveLast() != SaveLast.OFF) {
            saves = number;
            lastStepCounted = step;
        }
        if (isNth) {
            everyNth.add(save);
        }
        newest.add(save);
        newest.subList(0, Math.max(0, newest.size() - policy.keepLast())).clear();
        if (kept || policy.saveLast() != SaveLast.OFF) {
            exceptionFile = "";
            exceptionBytes = 0;
            saved(step, kept);
            bestIsNamed = policy.saveBest() != SaveBest.OFF;
            evictToFit(step);
        }
        return true;
    }

    private void saved(long step, boolean kept) {
        lastStepSaved = step;
        savedAny = true;
        if (policy.saveLast() != SaveLast.OFF) {
            last = "last.ckpt";
            lastBytes = kept && policy.saveLast() == SaveLast.LINK ? -size(step) : size(step);
        }
    }

    private boolean addToTopK(Save save) {
        int k = policy.saveTopK();
        if (k < 0 || best.size() < k) {
            return best.add(save);
        }
        if (k == 0) {
            return false;
        }
        Save worst = best.get(0);
        for (Save each : best) {
            worst = each.badness > worst.badness ? each : worst;
        }
        if (scored() && save.badness >= worst.badness) {
            return false;
        }
        best.remove(worst);
        return best.add(save);
    }

    private Save leastBad() {
        Save least = scored() ? best.get(0) : best.get(best.size() - 1);
        for (Save each : best) {
            least = each.badness < least.badness ? each : least;
        }
        return least;
    }

    private void evictToFit(long newestStep) {
        while (policy.maxTotalBytes() > 0 && bytes() > policy.maxTotalBytes()) {
            Save worst = null;
            for (Save save : all()) {
                boolean exempt = save.step == newestStep
                        || everyNth.contains(save)
                        || (!best.isEmpty() && save.equals(leastBad()));
                boolean worse = worst == null
                        || save.badness > worst.badness
                        || (save.badness == worst.badness && save.step < worst.step);
                worst = !exempt && worse ? save : worst;
            }
            if (worst == null) {
                return;
            }
            best.remove(worst);
            newest.remove(worst);
        }
    }

    private long bytes() {
        return disk().values().stream().mapToLong(size -> Math.max(size, 0)).sum();
    }

    private Set<Save> all() {
        Set<Save> all = new LinkedHashSet<>(best);
        all.addAll(newest);
        all.addAll(everyNth);
        return all;
    }

    private void exception(TraceEvent event) {
        if (!policy.schedule().saveOnException() || skips(event)) {
            return;
        }
        exceptionFile = "step=" + event.globalStep() + ".ckpt";
        exceptionBytes = size(event.globalStep());
        saved(event.globalStep(), true);
        evictToFit(event.globalStep());
    }

    private void trainEnd(TraceEvent event) {
        if (policy.saveLast() != SaveLast.OFF && !savedAny && !event.fastDevRun()) {
            saved(event.globalStep(), false);
        }
    }
}
