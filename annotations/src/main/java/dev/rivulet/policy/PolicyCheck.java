package dev.rivulet.policy;

import dev.rivulet.annotations.SaveBest;
import dev.rivulet.policy.DeclaredTriggers.Declared;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Checks the attributes of a policy in the order in which Lightning's constructor does; what only Rivulet checks
 * follows.
 */
final class PolicyCheck {
    private final StreamPolicy.Builder policy;
    private final List<PolicyViolation> violations = new ArrayList<>();

    PolicyCheck(StreamPolicy.Builder policy) {
        this.policy = policy;
    }

    List<PolicyViolation> violations() {
        checkSaveTopK();
        checkTriggers(violation -> violation.rule() == PolicyRule.NEGATIVE_INTERVAL);
        checkContradiction();
        checkMonitor();
        checkRetention();
        checkSaveBest();
        checkTriggers(violation -> violation.rule() != PolicyRule.NEGATIVE_INTERVAL);
        checkTemplates();
        checkDirpath();
        return List.copyOf(violations);
    }

    private void checkSaveTopK() {
        if (policy.saveTopK < -1) {
            violation(
                    PolicyRule.BAD_SAVE_TOP_K,
                    "saveTopK",
                    "saveTopK = " + policy.saveTopK
                            + " is below -1; write -1 to keep all, 0 to keep none, or how many of"
                            + " the best to keep.");
        }
    }

    private void checkTriggers(Predicate<PolicyViolation> reportedNow) {
        policy.triggers.given().stream()
                .map(Declared::violation)
                .flatMap(Optional::stream)
                .filter(reportedNow)
                .forEach(violations::add);
    }

    private void checkContradiction() {
        List<Declared> active =
                policy.triggers.given().stream().filter(Declared::isActive).toList();
        if (active.size() > 1 && !policy.triggers.anyTrigger()) {
            violation(
                    PolicyRule.CONTRADICTORY_TRIGGERS,
                    active.get(active.size() - 1).attribute(),
                    active.stream().map(Declared::toString).collect(Collectors.joining(" and "))
                            + " exclude each other; keep one, declare another stream for the other, or set"
                            + " anyTrigger = true to save whenever one of them is due.");
        }
    }

    private void checkMonitor() {
        if (policy.saveTopK > 1 && policy.monitor.isEmpty()) {
            violation(
                    PolicyRule.SAVE_TOP_K_WITHOUT_MONITOR,
                    "saveTopK",
                    "saveTopK = " + policy.saveTopK + " needs a monitor that decides which checkpoints are the best;"
                            + " add one, such as monitor = \"val_loss\", or keep 1 or all (-1).");
        }
    }

    private void checkRetention() {
        if (policy.keepLast < 0) {
            violation(
                    PolicyRule.BAD_KEEP_LAST,
                    "keepLast",
                    "keepLast = " + policy.keepLast + " is negative; write how many of the newest to keep, 0 to switch"
                            + " it off, or saveTopK = -1 to keep all.");
        }
        if (policy.keepEveryNth < 0) {
            violations.add(PolicyViolation.negativeInterval("keepEveryNth", policy.keepEveryNth));
        }
        policy.maxTotalBytes.ifPresent(size -> {
            try {
                ByteSize.parse(size);
            } catch (IllegalArgumentException bad) {
                violation(PolicyRule.BAD_BYTE_SIZE, "maxTotalBytes", "maxTotalBytes = " + bad.getMessage());
            }
        });
    }

    private void checkSaveBest() {
        if (policy.saveBest == SaveBest.OFF) {
            return;
        }
        if (policy.monitor.isEmpty()) {
            violation(
                    PolicyRule.SAVE_BEST_WITHOUT_MONITOR,
                    "saveBest",
                    "saveBest = " + policy.saveBest + " needs a monitor that decides which checkpoint is the best;"
                            + " add one, such as monitor = \"val_loss\", or name the newest with saveLast = "
                            + policy.saveBest + ".");
        }
        if (policy.saveTopK == 0) {
            violation(
                    PolicyRule.SAVE_BEST_WITHOUT_TOP_K,
                    "saveBest",
                    "saveBest = " + policy.saveBest + " names the best checkpoint that is kept, but saveTopK = 0 keeps"
                            + " none of the best; keep 1 or more.");
        }
    }

    private void checkTemplates() {
        policy.filename.ifPresent(template -> checkTemplate("filename", template));
        checkTemplate("filenameStyle", policy.filenameStyle.last());
        checkTemplate("filenameStyle", policy.filenameStyle.best());
    }

    private void checkTemplate(String attribute, String template) {
        try {
            FilenameTemplate.parse(template, policy.filenameStyle);
        } catch (TemplateSyntaxException bad) {
            violation(PolicyRule.BAD_FILENAME_TEMPLATE, attribute, attribute + " = " + bad.getMessage());
        }
    }

    private void checkDirpath() {
        policy.dirpath
                .flatMap(dirpath ->
                        RelativeName.problem(dirpath).map(problem -> "dirpath = \"" + dirpath + "\": " + problem))
                .ifPresent(problem -> violation(PolicyRule.BAD_DIRPATH, "dirpath", problem));
    }

    private void violation(PolicyRule rule, String attribute, String message) {
        violations.add(new PolicyViolation(rule, attribute, message));
    }
}
