package dev.rivulet.internal.retention;

import java.util.LinkedHashMap;
import java.util.Map;

/** The state that Lightning saves in a checkpoint file, and the exception checkpoint, which only Rivulet tracks. */
final class CallbackState {
    String directory = "";
    Map<String, Double> kept = new LinkedHashMap<>();
    String best = "";
    double bestScore = Double.NaN;
    String kth = "";
    double kthValue;
    double currentScore = Double.NaN;
    String last = "";
    String exceptionFile = "";

    CallbackState copy() {
        CallbackState copy = new CallbackState();
        copy.directory = directory;
        copy.kept = new LinkedHashMap<>(kept);
        copy.best = best;
        copy.bestScore = bestScore;
        copy.kth = kth;
        copy.kthValue = kthValue;
        copy.last = last;
        copy.exceptionFile = exceptionFile;
        return copy;
    }
}
