package dev.rivulet.interop;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Reports at the end how many tests were skipped because Python is missing. JUnit loads it as a service. */
public final class SkippedTests implements TestExecutionListener {
    private final Set<TestIdentifier> skipped = new HashSet<>();
    private final Set<String> reasons = new TreeSet<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        result.getThrowable().filter(MissingPythonException.class::isInstance).ifPresent(missing -> {
            skipped.add(test);
            reasons.add(String.valueOf(missing.getMessage()));
        });
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (!skipped.isEmpty()) {
            long tests = skipped.stream().mapToLong(test -> testsIn(plan, test)).sum();
            System.out.println(
                    tests + " tests were skipped that exchange files with Python: " + String.join("; ", reasons));
        }
    }

    /** Counts each method of a class that was skipped as a whole. */
    private static long testsIn(TestPlan plan, TestIdentifier skipped) {
        return Math.max(1, plan.getChildren(skipped).size());
    }
}
