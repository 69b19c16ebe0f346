package dev.rivulet.policy;

/**
 * A rule that a policy breaks.
 *
 * @param rule the broken rule
 * @param attribute the attribute of {@code @CheckpointStream}, and method of {@link StreamPolicy.Builder}, to blame
 * @param message what is wrong and what to write instead, without the rule's id
 * @since 0.1
 */
public record PolicyViolation(PolicyRule rule, String attribute, String message) {

    static PolicyViolation negativeInterval(String attribute, int n) {
        return new PolicyViolation(
                PolicyRule.NEGATIVE_INTERVAL,
                attribute,
                attribute + " = " + n + " is negative; write 0 to switch it off.");
    }
}
