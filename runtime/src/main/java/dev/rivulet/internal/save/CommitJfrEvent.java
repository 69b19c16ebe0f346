package dev.rivulet.internal.save;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A save on the writer thread; the duration is that of transforms, files and commit. */
@Name("dev.rivulet.Commit")
@Label("Commit")
@Category("Rivulet")
@Description("The checkpoints of one save are computed, written and committed as a group")
@StackTrace(false)
final class CommitJfrEvent extends Event {
    @Label("Global Step")
    long globalStep;

    @Label("Group")
    long group;

    @Label("Checkpoints")
    int checkpoints;

    @Label("Failures")
    int failures;

    @Label("Size")
    @DataAmount
    long bytes;

    @Label("Behind")
    @Description("Time from the step boundary until the group was durable")
    @Timespan
    long behind;
}
