package dev.rivulet;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which of a run's transforms and hooks have proven to change nothing but what they return. Safe for several threads. */
final class TransformTrust {
    private final DeterminismCheck check;
    private final Set<String> proven = ConcurrentHashMap.newKeySet();

    TransformTrust(DeterminismCheck check) {
        this.check = check;
    }

    /** Whether a stream's transform has done its work once without harm. */
    boolean isProven(String stream) {
        return proven.contains(stream);
    }

    /** Whether a stream's transform is to be run twice. */
    boolean repeats(String stream) {
        return check == DeterminismCheck.ALWAYS || (check == DeterminismCheck.FIRST && !isProven(stream));
    }

    void prove(String stream) {
        proven.add(stream);
    }
}
