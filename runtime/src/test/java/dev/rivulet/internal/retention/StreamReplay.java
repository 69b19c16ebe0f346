package dev.rivulet.internal.retention;

import java.util.List;

/** One stream under a sequence of hook calls, seen from outside: file operations and books. */
interface StreamReplay {

    /** What happens to files at a hook, in order. */
    List<Action> hook(TraceEvent event);

    Outcome outcome();

    /** Whether training can go on from its checkpoints. */
    boolean isResumable();
}
