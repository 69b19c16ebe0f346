package dev.rivulet.testing;

/** Ends a run of a verification, at its stop or when the comparison is complete. */
final class InjectedStop extends RuntimeException {
    private static final long serialVersionUID = 1;

    InjectedStop() {
        super("ResumeVerifier stops this run on purpose.", null, true, false);
    }
}
