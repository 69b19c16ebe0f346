package dev.rivulet.stream;

/** How a case came out, with what to say about it. */
record Verdict(Kind kind, String explanation) {
    enum Kind {
        AS_LIGHTNING,
        DELIBERATELY_DIFFERENT,
        FAILED
    }

    static Verdict same() {
        return new Verdict(Kind.AS_LIGHTNING, "");
    }

    static Verdict different(String reason) {
        return new Verdict(Kind.DELIBERATELY_DIFFERENT, reason);
    }

    static Verdict failed(String explanation) {
        return new Verdict(Kind.FAILED, explanation);
    }
}
