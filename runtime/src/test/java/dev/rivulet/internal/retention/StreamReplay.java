package dev.rivulet.internal.retention;

import java.util.List;

/** Replays hook calls on one stream and reports its file operations and retention state. */
interface StreamReplay {

    /** The file operations at a hook, in order. */
    List<Action> hook(TraceEvent event);

    Outcome outcome();

    /** Whether training can resume from its checkpoints. */
    boolean isResumable();
}
