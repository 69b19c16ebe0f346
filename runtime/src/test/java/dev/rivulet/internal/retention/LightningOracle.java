package dev.rivulet.internal.retention;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.SaveTrigger;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Models the observed behavior of Lightning's {@code ModelCheckpoint} as simply as possible: a map of scores, linear
 * searches, strings. With {@link Difference}s enabled, it does what Rivulet does instead.
 */
final class LightningOracle implements StreamReplay {
    private final String directory;
    private final String extension;
    private final StreamPolicy policy;
    private final FilenameTemplate filename;
    private final Disk disk;
    private final Set<Difference> differences;
    private String resumedFrom;
    private final Map<String, CallbackState> states;
    private final Map<String, Long> steps;

    private CallbackState state;
    private String lastSaved = "";
    private boolean savedBefore;
    private long lastStepSaved;
    private boolean defer;
    private long lastChecked;
    private boolean started;
    private List<Action> actions = new ArrayList<>();

    /**
     * A stream.
     *
     * @param resumedFrom path of the file that is resumed from, or empty
     * @param firstStep global step at the start
     * @param previous the same stream in the previous run; its states in files, or its final state, are adopted
     */
    LightningOracle(
            String directory,
            String extension,
            StreamPolicy policy,
            Disk disk,
            Set<Difference> differences,
            String resumedFrom,
            long firstStep,
            List<LightningOracle> previous) {
        this.directory = directory;
        this.extension = extension;
        this.policy = policy;
        this.filename = policy.filenameOf("stream");
        this.disk = disk;
        this.differences = differences;
        this.resumedFrom = resumedFrom;
        this.states = previous.isEmpty() ? new HashMap<>() : previous.get(0).states;
        this.steps = previous.isEmpty() ? new HashMap<>() : previous.get(0).steps;
        this.state = new CallbackState();
        state.directory = directory;
        state.kthValue = worst();
        if (!resumedFrom.isEmpty() && !previous.isEmpty()) {
            adopt(previous.get(0), firstStep);
        }
    }

    private void adopt(LightningOracle previous, long firstStep) {
        boolean current = differences.contains(Difference.RETENTION_STATE_IS_ALWAYS_CURRENT);
        CallbackState source = current ? previous.state : states.getOrDefault(resumedFrom, state);
        if (source.directory.equals(directory)) {
            state = source.copy();
            savedBefore = current && (previous.savedBefore || !previous.lastSaved.isEmpty());
            lastStepSaved = current && holds(previous, firstStep) ? firstStep : 0;
        } else if (!current) {
            state.best = source.best;
        }
    }

    /**
     * Loads the state in a file into a callback that has already run.
     *
     * @param file path of the file that is resumed from; empty for none
     */
    void load(String file) {
        resumedFrom = file;
        CallbackState loaded = states.getOrDefault(file, state);
        if (!file.isEmpty() && loaded.directory.equals(directory)) {
            double currentScore = state.currentScore;
            state = loaded.copy();
            state.currentScore = currentScore;
        }
    }

    /** Whether the final state of a stream includes a checkpoint of a step, other than an exception checkpoint. */
    private boolean holds(LightningOracle previous, long step) {
        CallbackState end = previous.state;
        Set<String> named = new HashSet<>(end.kept.keySet());
        named.addAll(List.of(end.best, end.last));
        boolean all = !policy.monitor().isPresent() && policy.saveTopK() == -1;
        return steps.entrySet().stream()
                        .filter(saved -> all || named.contains(saved.getKey()))
                        .anyMatch(saved -> saved.getValue() == step && disk.exists(saved.getKey()))
                && steps.getOrDefault(end.exceptionFile, 0L) != step;
    }

    @Override
    public List<Action> hook(TraceEvent event) {
        actions = new ArrayList<>();
        switch (event.hook()) {
            case TraceEvent.TRAIN_START -> {
                started = true;
                lastChecked = event.nanoTime();
            }
            case TraceEvent.BATCH_END -> batchEnd(event);
            case TraceEvent.VALIDATION_END -> validationEnd(event);
            case TraceEvent.EPOCH_END -> epochEnd(event);
            case TraceEvent.EXCEPTION -> exception(event);
            case TraceEvent.TRAIN_END -> trainEnd(event);
            default -> throw new IllegalArgumentException(event.hook());
        }
        return actions;
    }

    private void batchEnd(TraceEvent event) {
        boolean due = policy.trigger() instanceof SaveTrigger.Steps steps && event.globalStep() % steps.n() == 0;
        if (policy.trigger() instanceof SaveTrigger.Interval interval && started) {
            due = event.nanoTime() - lastChecked >= interval.interval().toNanos();
            lastChecked = due ? event.nanoTime() : lastChecked;
        }
        if (!due) {
            return;
        }
        boolean waits;
        if (differences.contains(Difference.WAITS_FOR_VALIDATION)) {
            waits = policy.monitor().isPresent()
                    && policy.saveTopK() != 0
                    && (event.validationRunsNow()
                            || !event.candidates().has(policy.monitor().orElseThrow()));
        } else {
            boolean stale = event.isLastBatch() && !event.savesOnTrainEpochEnd() && event.validationExpected();
            waits = policy.monitor().isPresent()
                    && (stale || !event.candidates().has(policy.monitor().orElseThrow()));
        }
        if (waits) {
            defer = true;
        } else if (!skips(event)) {
            saveTopK(event);
            saveLast(event);
        }
    }

    private void validationEnd(TraceEvent event) {
        boolean isSavingHook = !event.savesOnTrainEpochEnd();
        if (skips(event) || !(isSavingHook || differences.contains(Difference.WAITS_FOR_VALIDATION))) {
            return;
        }
        if (defer) {
            if (isSavingHook || event.candidates().has(policy.monitor().orElseThrow())) {
                saveTopK(event);
                saveLast(event);
            }
            defer = false;
        } else if (isSavingHook) {
            epochTrigger(event);
        }
    }

    private void epochEnd(TraceEvent event) {
        if (!skips(event) && event.savesOnTrainEpochEnd()) {
            epochTrigger(event);
        }
    }

    private void epochTrigger(TraceEvent event) {
        boolean due = policy.trigger() instanceof SaveTrigger.Epochs epochs && (event.epoch() + 1) % epochs.n() == 0;
        if (due) {
            saveTopK(event);
        }
        boolean savesLast = differences.contains(Difference.LAST_IS_THE_NEWEST_SAVE)
                ? due
                : lastStepSaved == event.globalStep() || (policy.saveLast() == SaveLast.LINK && !lastSaved.isEmpty());
        if (savesLast) {
            saveLast(event);
        }
    }

    private void exception(TraceEvent event) {
        if (!policy.schedule().saveOnException() || skips(event)) {
            return;
        }
        String file = path(filename.format(event.candidates()));
        if (differences.contains(Difference.EXCEPTION_CHECKPOINT_IS_KEPT_SEPARATELY)) {
            file = versioned(filename.format(event.candidates()), "", true);
            String previous = state.exceptionFile;
            state.exceptionFile = file;
            save(event, file);
            saveLast(event);
            remove(previous, file);
        } else {
            save(event, file);
            saveLast(event);
        }
    }

    private void trainEnd(TraceEvent event) {
        boolean dryRun = event.fastDevRun() && differences.contains(Difference.DRY_RUN_WRITES_NOTHING);
        if (policy.saveLast() != SaveLast.OFF && lastSaved.isEmpty() && !savedBefore && !dryRun) {
            saveLast(event);
        }
    }

    private boolean skips(TraceEvent event) {
        return event.fastDevRun() || event.sanityChecking() || lastStepSaved == event.globalStep();
    }

    private void saveTopK(TraceEvent event) {
        if (policy.saveTopK() == 0) {
            return;
        }
        if (!policy.monitor().isPresent()) {
            saveNewest(event);
        } else if (!event.candidates().has(policy.monitor().orElseThrow())) {
            if (event.validationHasRun()) {
                throw new MissingMetricException(policy.monitor().orElseThrow());
            }
        } else {
            saveMonitored(event, event.candidates().get(policy.monitor().orElseThrow()));
        }
    }

    private void saveNewest(TraceEvent event) {
        String file = versioned(
                filename.format(event.candidates()), state.best, policy.naming().enableVersionCounter());
        String previous = state.best;
        state.best = file;
        save(event, file);
        supersedeExceptionFile(file);
        if (policy.saveTopK() == 1) {
            remove(previous, file);
        }
    }

    private void saveMonitored(TraceEvent event, double current) {
        int k = policy.saveTopK() == -1 ? state.kept.size() + 1 : policy.saveTopK();
        if (policy.saveTopK() != -1
                && state.kept.size() >= k
                && !better(current, state.kept.getOrDefault(state.kth, worst()))) {
            return;
        }
        String evicted = "";
        boolean overwrites = differences.contains(Difference.OVERWRITING_EVICTS_NOTHING_ELSE)
                && !policy.naming().enableVersionCounter()
                && state.kept.containsKey(path(filename.format(event.candidates())))
                && !state.kth.equals(path(filename.format(event.candidates())));
        if (state.kept.size() == k && !overwrites) {
            evicted = state.kth;
            state.kept.remove(evicted);
        }
        double score = Double.isNaN(current) ? worst() : current;
        String file = versioned(
                filename.format(event.candidates()), evicted, policy.naming().enableVersionCounter());
        state.currentScore = score;
        state.kept.put(file, score);
        boolean all = policy.saveTopK() == -1 && differences.contains(Difference.KTH_BEST_IS_CURRENT);
        if (state.kept.size() == k || all) {
            state.kth = extreme(false);
            state.kthValue = state.kept.getOrDefault(state.kth, worst());
        }
        state.best = extreme(true);
        state.bestScore = state.kept.getOrDefault(state.best, worst());
        save(event, file);
        supersedeExceptionFile(file);
        remove(evicted, file);
    }

    private String extreme(boolean best) {
        String found = "";
        for (Map.Entry<String, Double> entry : state.kept.entrySet()) {
            double least = found.isEmpty() ? 0 : state.kept.getOrDefault(found, worst());
            if (found.isEmpty() || (best ? better(entry.getValue(), least) : better(least, entry.getValue()))) {
                found = entry.getKey();
            }
        }
        return found;
    }

    private void saveLast(TraceEvent event) {
        if (policy.saveLast() == SaveLast.OFF) {
            return;
        }
        String name = policy.lastTemplate().format(event.candidates());
        String previous = state.last;
        String file = versioned(name, previous, policy.naming().enableVersionCounter());
        state.last = file;
        boolean linked = policy.saveLast() == SaveLast.LINK && !lastSaved.isEmpty() && policy.saveTopK() != 0;
        if (differences.contains(Difference.LAST_IS_THE_NEWEST_SAVE)) {
            linked = policy.saveLast() == SaveLast.LINK && !lastSaved.isEmpty() && lastStepSaved == event.globalStep();
        }
        if (linked) {
            link(file);
        } else {
            save(event, file);
            if (!event.hook().equals(TraceEvent.EXCEPTION)) {
                supersedeExceptionFile(file);
            }
        }
        remove(previous, file);
    }

    private void supersedeExceptionFile(String file) {
        if (differences.contains(Difference.EXCEPTION_CHECKPOINT_IS_KEPT_SEPARATELY)) {
            remove(state.exceptionFile, file);
            state.exceptionFile = "";
        }
    }

    private void link(String file) {
        if (!file.equals(lastSaved)) {
            actions.add(Action.link(file, lastSaved));
            states.put(file, states.getOrDefault(lastSaved, state));
            steps.put(file, lastStepSaved);
        }
    }

    /** Notes another stream's file operations, because Lightning saves the states of all callbacks in each file. */
    void observe(Action action) {
        if (action.kind() == Action.Kind.SAVE) {
            states.put(action.file(), state.copy());
        } else if (action.kind() == Action.Kind.LINK) {
            states.put(action.file(), states.getOrDefault(action.target(), state));
        }
    }

    private void save(TraceEvent event, String file) {
        actions.add(Action.save(file));
        states.put(file, state.copy());
        steps.put(file, event.globalStep());
        lastSaved = file;
        lastStepSaved = event.globalStep();
    }

    private void remove(String file, String successor) {
        if (!file.isEmpty()
                && !file.equals(successor)
                && !file.equals(resumedFrom)
                && file.startsWith(directory + "/")) {
            actions.add(Action.remove(file));
        }
    }

    private String versioned(String name, String replaced, boolean counts) {
        String file = path(name);
        int version = policy.filenameStyle().startingVersion();
        while (counts && !file.equals(replaced) && exists(file)) {
            file = path(policy.filenameStyle().versioned(name, version++));
        }
        return file;
    }

    private boolean exists(String file) {
        return disk.existsAfter(actions, file, differences.contains(Difference.DANGLING_LINKS_ARE_DELETED));
    }

    private String path(String name) {
        return directory + "/" + name + extension;
    }

    private boolean better(double score, double other) {
        return policy.mode() == Mode.MIN ? score < other : score > other;
    }

    private double worst() {
        return policy.mode() == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }

    @Override
    public Outcome outcome() {
        return new Outcome(
                state.best,
                state.bestScore,
                state.kth,
                state.kthValue,
                state.currentScore,
                state.last,
                Map.copyOf(state.kept));
    }

    @Override
    public boolean isResumable() {
        return !policy.content().saveWeightsOnly();
    }
}
