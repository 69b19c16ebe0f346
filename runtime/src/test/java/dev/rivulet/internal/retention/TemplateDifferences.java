package dev.rivulet.internal.retention;

import dev.rivulet.policy.PolicyViolation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Intentional differences between file name templates and those of Lightning. */
final class TemplateDifferences {
    /** Templates that may lead outside the directory, contain an illegal character, or escape braces. */
    private static final Pattern UNSAFE = Pattern.compile(
            "(^|/)\\.{0,2}(/|$)|\\\\|\\p{Cntrl}|^[A-Za-z]:|://|\\{[^}]*\\{|\\}\\}|\\.rivulet|:[^}]*c\\}");

    /** Formats that Lightning can apply to a logged float but not to the integer 0 of a missing metric. */
    private static final Pattern FLOATS_ONLY = Pattern.compile("\\{([^:}]+):[^}]*(z[^}]*|\\.\\d+n?)\\}");

    /** Formats that Lightning can apply to the integer 0 of a missing metric but not to a logged float. */
    private static final Pattern INTEGERS_ONLY = Pattern.compile("\\{([^:}]+):[^}]*[bcdoxX]\\}");

    private TemplateDifferences() {}

    /**
     * Judges a refused template. Lightning refuses most of these too, but only when it saves, or once the metric is
     * logged; it writes files outside the directory.
     *
     * @param lightningName the name that Lightning generates; empty if it refuses
     */
    static Verdict refusal(
            Optional<String> lightningName, String template, Set<String> metrics, IllegalArgumentException refused) {
        if (lightningName.isEmpty()) {
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
                        || UNSAFE.matcher(lightningName.get()).find()
                ? Verdict.different(Difference.TEMPLATES_STAY_INSIDE_THE_DIRECTORY)
                : Verdict.failed("refused: " + refused.getMessage());
    }

    /** Judges a policy that is refused before training, but by Lightning only when it saves, after an epoch. */
    static Verdict refusalBeforeTraining(boolean lightningFails, List<PolicyViolation> violations) {
        boolean unsafe =
                violations.stream().allMatch(violation -> violation.message().contains("outside the run's directory"));
        return lightningFails || unsafe
                ? Verdict.different(Difference.INVALID_POLICIES_ARE_REFUSED_BEFORE_TRAINING)
                : Verdict.failed("refused: " + violations);
    }

    /**
     * Judges an accepted template that Lightning refuses when it saves, because the metric is missing; here it counts
     * as 0.0.
     */
    static Verdict acceptance(String template, Set<String> metrics, String file) {
        boolean missing = FLOATS_ONLY.matcher(template).results().anyMatch(field -> !metrics.contains(field.group(1)));
        return missing ? Verdict.different(Difference.MISSING_METRICS_ARE_ZERO) : Verdict.failed("accepted as " + file);
    }
}
