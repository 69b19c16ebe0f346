package dev.rivulet.internal.resume;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A part of what a fit does to resume from a checkpoint; the durations of all parts are what resuming takes. */
@Name("dev.rivulet.Resume")
@Label("Resume")
@Category("Rivulet")
@Description("Part of resuming from a checkpoint: finding it, reading weights, reading all else, restoring")
@StackTrace(false)
public final class ResumeJfrEvent extends Event {
    @Label("Part")
    String part;

    /** A part that starts now; commit it at its end. */
    public ResumeJfrEvent(String part) {
        this.part = part;
        begin();
    }

    /** Ends the part. A run that starts fresh reports none. */
    public void commit(StartingPoint start) {
        if (start.file().isPresent()) {
            commit();
        }
    }
}
