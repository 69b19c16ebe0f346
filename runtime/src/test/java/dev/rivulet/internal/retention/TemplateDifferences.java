package dev.rivulet.internal.retention;

import dev.rivulet.policy.PolicyViolation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Where templates of file names differ from Lightning's on purpose. */
final class TemplateDifferences {
    /** What may lead outside the directory, holds a character that is no name's, or escapes braces. */
    private static final Pattern UNSAFE = Pattern.compile(
            "(^|/)\\.{0,2}(/|$)|\\\\|\\p{Cntrl}|^[A-Za-z]:|://|\\{[^}]*\\{|\\}\\}|\\.rivulet|:[^}]*c\\}");

    /** A format that Lightning can apply to a logged float but not to the integer 0 of a missing metric. */
    private static final Pattern FLOATS_ONLY = Pattern.compile("\\{([^:}]+):[^}]*(z[^}]*|\\.\\d+n?)\\}");

    /** A format that Lightning can apply to the integer 0 of a missing metric but not to a logged float. */
    private static final Pattern INTEGERS_ONLY = Pattern.compile("\\{([^:}]+):[^}]*[bcdoxX]\\}");

    private TemplateDifferences() {}

    /**
     * A template that is refused. Lightning refuses most of these too, but only when it saves, or when the metric that it
     * names is logged at last; what may lead outside the directory it writes there.
     *
     * @param lightnings the name that Lightning forms; empty if it refuses
     */
    static Verdict refusal(
            Optional<String> lightnings, String template, Set<String> metrics, IllegalArgumentException refused) {
        if (lightnings.isEmpty()) {
            return Verdict.same();
        }
        boolean worksWhileMissing = INTEGERS_ONLY
                .matcher(template)
                .results()
                .anyMatch(field -> !metrics.contains(field.group(1))
                        && String.valueOf(refused.getMessage()).contains("is for integers"));
        if (worksWhileMissing) {
            return Verdict.different(Difference.INVALID_POLICIES_ARE_REFUSED_BEFORE_TRAINING);
        }
        return UNSAFE.matcher(template).find()
                        || UNSAFE.matcher(lightnings.get()).find()
                ? Verdict.different(Difference.TEMPLATES_STAY_INSIDE_THE_DIRECTORY)
                : Verdict.failed("refused: " + refused.getMessage());
    }

    /** A policy that Lightning finds out to be bad when it saves, after an epoch of training, is refused before. */
    static Verdict refusalBeforeTraining(boolean lightningFails, List<PolicyViolation> violations) {
        boolean unsafe =
                violations.stream().allMatch(violation -> violation.message().contains("outside the run's directory"));
        return lightningFails || unsafe
                ? Verdict.different(Difference.INVALID_POLICIES_ARE_REFUSED_BEFORE_TRAINING)
                : Verdict.failed("refused: " + violations);
    }

    /** A template that Lightning refuses when it saves, for the metric is missing: it counts as 0.0 instead. */
    static Verdict acceptance(String template, Set<String> metrics, String file) {
        boolean missing = FLOATS_ONLY.matcher(template).results().anyMatch(field -> !metrics.contains(field.group(1)));
        return missing ? Verdict.different(Difference.MISSING_METRICS_ARE_ZERO) : Verdict.failed("accepted as " + file);
    }
}
