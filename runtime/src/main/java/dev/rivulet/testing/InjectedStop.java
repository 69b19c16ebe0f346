package dev.rivulet.testing;

/** Ends a run of a proof, where it is to be stopped or nothing more is to be learnt from it. */
final class InjectedStop extends RuntimeException {
    private static final long serialVersionUID = 1;

    InjectedStop() {
        super("ResumeProof stops this run on purpose.", null, true, false);
    }
}
