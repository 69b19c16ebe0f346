package dev.rivulet.testing;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The result of a {@link ResumeVerifier}.
 *
 * <p>Immutable; {@link #toString} is the readable report.
 *
 * @since 0.1
 */
public final class ResumeReport {
    private final Run run;
    private final List<Integer> stops;
    private final Verdict verdict;
    private final Optional<Finding> finding;
    private final List<String> excluded;

    /** The size of a run. */
    record Run(long steps, int epochs, int tensors) {}

    /**
     * A difference and its consequences.
     *
     * @param tensor the first tensor that differs after it
     * @param otherTensors number of other tensors that differ at that step
     * @param tensorStep the step after which they differ
     */
    record Finding(
            ResumeDifference difference,
            Optional<TensorDifference> tensor,
            int otherTensors,
            long tensorStep,
            String cause) {}

    /**
     * The result in one word.
     *
     * @since 0.1
     */
    public enum Verdict {
        /** A stopped and resumed run equals a run without stops, bit for bit. */
        EXACT,
        /** A stopped and resumed run differs; a repeated run without stops does not. */
        NOT_EXACT,
        /** Two runs without stops differ, so that nothing can be concluded about resuming. */
        NOT_REPEATABLE
    }

    ResumeReport(Run run, List<Integer> stops, Verdict verdict, Optional<Finding> finding, List<String> excluded) {
        this.run = run;
        this.stops = List.copyOf(stops);
        this.verdict = verdict;
        this.finding = finding;
        this.excluded = List.copyOf(excluded);
    }

    /** The result in one word. */
    public Verdict verdict() {
        return verdict;
    }

    /** Whether resuming is exact. */
    public boolean isExact() {
        return verdict == Verdict.EXACT;
    }

    /** The steps after which the run was stopped and resumed, up to the first one after which it differs. */
    public List<Integer> stops() {
        return stops;
    }

    /** Number of optimizer steps of the straight run. */
    public long steps() {
        return run.steps();
    }

    /** Number of tensors that were compared after each step. */
    public int tensors() {
        return run.tensors();
    }

    /** The first difference; empty if resuming is exact. */
    public Optional<ResumeDifference> difference() {
        return finding.map(Finding::difference);
    }

    /**
     * The first tensor that differs, with its values.
     *
     * @return empty if no tensor differs before the next stop, or if the straight run is not repeatable
     */
    public Optional<TensorDifference> tensor() {
        return finding.flatMap(Finding::tensor);
    }

    /** The likely cause of the difference and its remedy; empty if resuming is exact. */
    public Optional<String> likelyCause() {
        return finding.map(Finding::cause);
    }

    /**
     * Fails a test unless resuming is exact.
     *
     * @throws AssertionError with this report if resuming is not exact
     */
    public void requireExact() {
        if (!isExact()) {
            throw new AssertionError(toString());
        }
    }

    /** The readable report. */
    @Override
    public String toString() {
        StringBuilder report = new StringBuilder(heading());
        finding.ifPresent(found -> {
            report.append("\n  First difference: ").append(found.difference()).append('.');
            found.tensor()
                    .ifPresent(tensor -> report.append("\n  First tensor to differ, after step ")
                            .append(found.tensorStep())
                            .append(": ")
                            .append(tensor)
                            .append(
                                    found.otherTensors() == 0
                                            ? "."
                                            : "; " + found.otherTensors() + " more tensors differ."));
            report.append("\n  Likely cause: ").append(found.cause());
        });
        if (!excluded.isEmpty()) {
            report.append("\n  Not compared, as they differ between two straight runs, too: ")
                    .append(String.join(", ", excluded))
                    .append('.');
        }
        return report.toString();
    }

    private String heading() {
        String length = run.steps() + " steps in " + run.epochs() + (run.epochs() == 1 ? " epoch" : " epochs");
        return switch (verdict) {
            case EXACT ->
                "Resuming is exact. A run of " + length + ", stopped after " + stopsInWords()
                        + " and resumed each time, was the same as one that was never stopped: inputs, loss, metrics"
                        + " and "
                        + run.tensors() + " tensors at every step, and all of the training state at the end.";
            case NOT_EXACT ->
                "Resuming is NOT exact. A run of " + length + ", stopped after " + stopsInWords()
                        + ", differs from one that was never stopped.";
            case NOT_REPEATABLE ->
                "The run cannot be repeated, so it cannot be resumed exactly: two runs of " + length
                        + ", neither of which was stopped, differ.";
        };
    }

    private String stopsInWords() {
        String last = String.valueOf(stops.get(stops.size() - 1));
        if (stops.size() == 1) {
            return "step " + last;
        }
        return "steps "
                + stops.subList(0, stops.size() - 1).stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "))
                + " and " + last;
    }
}
