package dev.rivulet.processor;

import java.util.List;
import java.util.Optional;

/** Checks policies by the rules that also apply at run time, and points at the offending attribute. */
final class PolicyRulesCheck {
    private final ErrorReporter reporter;

    PolicyRulesCheck(ErrorReporter reporter) {
        this.reporter = reporter;
    }

    void check(List<DeclaredStream> own) {
        own.stream().map(DeclaredStream::policy).flatMap(Optional::stream).forEach(this::check);
    }

    private void check(AnnotationUse policy) {
        DeclaredPolicy.of(Optional.of(policy)).toBuilder()
                .violations()
                .forEach(violation -> reporter.add(violation, policy.at(violation.attribute())));
    }
}
