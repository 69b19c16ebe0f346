package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.testing.ResumeReport.Finding;
import dev.rivulet.testing.ResumeReport.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One verification: the straight run, the stopped run, and, if they differ, the straight run again. */
final class Experiment {
    private final Runs runs;
    private final Runs.Outcome straight;
    private final List<Integer> stops;
    private final List<Integer> madeStops = new ArrayList<>();

    private Experiment(Runs runs, Runs.Outcome straight, List<Integer> stops) {
        this.runs = runs;
        this.straight = straight;
        this.stops = stops.isEmpty() ? defaultStops() : requireWithin(stops);
    }

    /**
     * Performs all runs that are needed.
     *
     * @param stops empty for the default stops
     */
    static ResumeReport run(Runs runs, List<Integer> stops) {
        return new Experiment(runs, runs.straight("straight", List.of()), stops).report();
    }

    private ResumeReport report() {
        Comparison comparison = new Comparison(straight.steps(), straight.tensors());
        Optional<Path> end = stopped(comparison);
        if (comparison.first().isPresent()) {
            return explain(comparison);
        }
        Map<String, FinalState.Difference> differences = differences(end.orElseThrow());
        return differences.isEmpty() ? report(Verdict.EXACT, Optional.empty(), List.of()) : explain(differences);
    }

    /** Runs with stops until a difference; returns the final state if there is none. */
    private Optional<Path> stopped(Comparison comparison) {
        Optional<Path> from = Optional.empty();
        int index = 0;
        for (int stop : stops) {
            Runs.Outcome part = runs.part("stopped", from, index, OptionalInt.of(stop), comparison);
            if (comparison.first().isPresent()) {
                return Optional.empty();
            }
            from = Optional.of(part.stopFile().orElseThrow());
            index = indexAfter(stop);
            madeStops.add(stop);
        }
        return runs.part("stopped", from, index, OptionalInt.empty(), comparison)
                .endFile();
    }

    /** Index of the first batch after a step. */
    private int indexAfter(int step) {
        int index = 0;
        while (straight.steps().get(index).globalStep() < step) {
            index++;
        }
        return index;
    }

    /** Repeats the straight run: only if it is repeatable is the stop the cause of the difference. */
    private ResumeReport explain(Comparison resumed) {
        Comparison repeated = new Comparison(straight.steps(), straight.tensors());
        TensorCapture capture = new TensorCapture(resumed);
        runs.straight("repeated", List.of(repeated, capture));
        ResumeDifference difference = resumed.first().orElseThrow();
        if (repeated.first().isPresent() || madeStops.isEmpty()) {
            return unrepeatable(repeated.first().orElse(difference));
        }
        boolean atOnce = resumed.firstIndex() == indexAfter(madeStops.get(madeStops.size() - 1));
        return report(
                Verdict.NOT_EXACT,
                Optional.of(new Finding(
                        difference,
                        capture.difference(),
                        resumed.tensor().map(Comparison.DifferingTensor::others).orElse(0),
                        resumed.tensor().map(Comparison.DifferingTensor::step).orElse(0L),
                        LikelyCause.ofResumed(difference, atOnce))),
                List.of());
    }

    /** Excludes what also differs between two straight runs, for example the time of a save. */
    private ResumeReport explain(Map<String, FinalState.Difference> differences) {
        Comparison repeated = new Comparison(straight.steps(), straight.tensors());
        Optional<Path> end = runs.straight("repeated", List.of(repeated)).endFile();
        if (repeated.first().isPresent()) {
            return unrepeatable(repeated.first().get());
        }
        Map<String, FinalState.Difference> remaining = new LinkedHashMap<>(differences);
        TreeSet<String> excluded = new TreeSet<>(differences(end.orElseThrow()).keySet());
        remaining.keySet().removeAll(excluded);
        Optional<Finding> finding =
                remaining.entrySet().stream().findFirst().map(first -> finding(first.getKey(), first.getValue()));
        return report(finding.isPresent() ? Verdict.NOT_EXACT : Verdict.EXACT, finding, List.copyOf(excluded));
    }

    private Finding finding(String path, FinalState.Difference found) {
        ResumeDifference difference = new ResumeDifference(
                ResumeDifference.Kind.STATE,
                path,
                steps(),
                "the end of training",
                found.tensor().map(TensorDifference::expected).orElse(found.expected()),
                found.tensor().map(TensorDifference::actual).orElse(found.actual()));
        return new Finding(difference, found.tensor(), 0, steps(), LikelyCause.ofResumed(difference, false));
    }

    private ResumeReport unrepeatable(ResumeDifference difference) {
        return report(
                Verdict.NOT_REPEATABLE,
                Optional.of(new Finding(
                        difference, Optional.empty(), 0, difference.step(), LikelyCause.ofUnrepeatable(difference))),
                List.of());
    }

    private ResumeReport report(Verdict verdict, Optional<Finding> finding, List<String> excluded) {
        Step last = straight.steps().get(straight.steps().size() - 1);
        return new ResumeReport(
                new ResumeReport.Run(
                        steps(), last.epoch() + 1, straight.tensors().size()),
                madeStops,
                verdict,
                finding,
                excluded);
    }

    private Map<String, FinalState.Difference> differences(Path other) {
        try (FinalState then = FinalState.open(straight.endFile().orElseThrow());
                FinalState now = FinalState.open(other)) {
            return then.differences(now);
        }
    }

    private int steps() {
        List<Step> steps = straight.steps();
        return steps.isEmpty() ? 0 : Math.toIntExact(steps.get(steps.size() - 1).globalStep());
    }

    /** After the first step, in the middle and at the end of the first epoch, and in the middle of the last. */
    private List<Integer> defaultStops() {
        int all = steps();
        if (all < 2) {
            throw new IllegalArgumentException("The run has " + all
                    + " optimizer steps, so it cannot be stopped and resumed; give it at least 2 steps, preferably in 2"
                    + " epochs.");
        }
        int lastEpoch = straight.steps().get(straight.steps().size() - 1).epoch();
        int endOfFirst = stepsBefore(1);
        int beginOfLast = stepsBefore(lastEpoch);
        TreeSet<Integer> chosen =
                new TreeSet<>(List.of(1, (endOfFirst + 1) / 2, endOfFirst, beginOfLast + (all - beginOfLast + 1) / 2));
        chosen.removeIf(step -> step < 1 || step >= all);
        return List.copyOf(chosen);
    }

    /** Number of steps in all epochs before one. */
    private int stepsBefore(int epoch) {
        return straight.steps().stream()
                .filter(step -> step.epoch() >= epoch && !step.isEnd())
                .mapToInt(step -> Math.toIntExact(step.globalStep()))
                .findFirst()
                .orElse(steps());
    }

    private List<Integer> requireWithin(List<Integer> given) {
        int last = given.get(given.size() - 1);
        if (last >= steps()) {
            throw new IllegalArgumentException("stopAt(" + last + "): the run has " + steps()
                    + " optimizer steps, so the last step after which it can be stopped and resumed is"
                    + " " + (steps() - 1) + ".");
        }
        return given;
    }

    /** Captures a tensor in a repeated straight run: the first straight run records only digests. */
    private static final class TensorCapture implements RunObserver {
        private final Comparison resumed;
        private @Nullable Tensor expected;

        TensorCapture(Comparison resumed) {
            this.resumed = resumed;
        }

        @Override
        public void beforeBatch(int index, Step step, Map<String, NDArray> weights) {
            boolean reached =
                    resumed.tensor().map(tensor -> tensor.index() == index).orElse(resumed.firstIndex() < index);
            if (reached) {
                expected = resumed.tensor()
                        .map(tensor -> Comparison.copy(weights, tensor.name()))
                        .orElse(null);
                throw new InjectedStop();
            }
        }

        Optional<TensorDifference> difference() {
            if (expected == null || resumed.tensor().isEmpty()) {
                return Optional.empty();
            }
            Comparison.DifferingTensor actual = resumed.tensor().get();
            return Optional.of(TensorDifference.between(actual.name(), expected, actual.values()));
        }
    }
}
