package dev.rivulet.internal.retention;

/** The result of a case, with an explanation. */
public record Verdict(Kind kind, String explanation) {

    /** The kind of result. */
    public enum Kind {
        /** Rivulet does what Lightning does. */
        SAME_AS_LIGHTNING,

        /** Rivulet does what one of its {@link Difference} rules defines. */
        INTENTIONALLY_DIFFERENT,

        /** The case needs a feature that Rivulet does not have. */
        NOT_REPLAYED,

        /** Rivulet does neither. */
        FAILED
    }

    /** The result is the same as in Lightning. */
    public static Verdict same() {
        return new Verdict(Kind.SAME_AS_LIGHTNING, "");
    }

    /** The result differs intentionally. */
    public static Verdict different(String reason) {
        return new Verdict(Kind.INTENTIONALLY_DIFFERENT, reason);
    }

    /** The result differs according to a rule. */
    public static Verdict different(Difference rule) {
        return different("[" + rule + "]");
    }

    /** The verdict on a case that was replayed in two ways: the worse one, with both explanations. */
    public Verdict and(Verdict other) {
        if (other.kind.compareTo(kind) > 0) {
            return other.and(this);
        }
        return other.explanation.isEmpty() || other.explanation.equals(explanation)
                ? this
                : new Verdict(kind, explanation + " " + other.explanation);
    }

    /** The case was not replayed because of a missing feature. */
    public static Verdict notReplayed(String missing) {
        return new Verdict(Kind.NOT_REPLAYED, missing);
    }

    /** The result is wrong. */
    public static Verdict failed(String explanation) {
        return new Verdict(Kind.FAILED, explanation);
    }
}
