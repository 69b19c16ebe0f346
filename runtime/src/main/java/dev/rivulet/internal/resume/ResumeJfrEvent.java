package dev.rivulet.internal.resume;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One part of resuming from a checkpoint; the durations of all parts add up to the time of resuming. */
@Name("dev.rivulet.Resume")
@Label("Resume")
@Category("Rivulet")
@Description("Part of resuming from a checkpoint: finding it, reading weights, reading everything else, restoring")
@StackTrace(false)
public final class ResumeJfrEvent extends Event {
    @Label("Part")
    String part;

    /** Starts a part; {@link #commit} ends it. */
    public ResumeJfrEvent(String part) {
        this.part = part;
        begin();
    }

    /** Ends the part. A run that starts fresh records nothing. */
    public void commit(StartingPoint start) {
        if (start.file().isPresent()) {
            commit();
        }
    }
}
