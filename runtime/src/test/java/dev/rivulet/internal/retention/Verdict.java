package dev.rivulet.internal.retention;

/** How a case came out, with what to say about it. */
public record Verdict(Kind kind, String explanation) {

    /** What can be said of a case. */
    public enum Kind {
        /** Rivulet does what Lightning does. */
        SAME_AS_LIGHTNING,

        /** Rivulet does what one of its rules says instead. */
        INTENTIONALLY_DIFFERENT,

        /** It takes what Rivulet does not have. */
        NOT_REPLAYED,

        /** Rivulet does neither. */
        FAILED
    }

    /** For a case that came out as in Lightning. */
    public static Verdict same() {
        return new Verdict(Kind.SAME_AS_LIGHTNING, "");
    }

    /** For a case that came out otherwise, on purpose. */
    public static Verdict different(String reason) {
        return new Verdict(Kind.INTENTIONALLY_DIFFERENT, reason);
    }

    /** For a case that came out otherwise, as a rule says. */
    public static Verdict different(Difference rule) {
        return different("[" + rule + "]");
    }

    /** The verdict on a case that was replayed in two ways: the worse one, with what is to be said of both. */
    public Verdict and(Verdict other) {
        if (other.kind.compareTo(kind) > 0) {
            return other.and(this);
        }
        return other.explanation.isEmpty() || other.explanation.equals(explanation)
                ? this
                : new Verdict(kind, explanation + " " + other.explanation);
    }

    /** For a case that takes something that is missing. */
    public static Verdict notReplayed(String missing) {
        return new Verdict(Kind.NOT_REPLAYED, missing);
    }

    /** For a case that came out wrong. */
    public static Verdict failed(String explanation) {
        return new Verdict(Kind.FAILED, explanation);
    }
}
