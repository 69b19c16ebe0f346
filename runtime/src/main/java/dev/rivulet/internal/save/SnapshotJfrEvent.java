package dev.rivulet.internal.save;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A save on the training thread; the duration is the time that training waited. */
@Name("dev.rivulet.Snapshot")
@Label("Snapshot")
@Category("Rivulet")
@Description("Training waits for the copy of its state, and for transforms and hooks that see the module")
@StackTrace(false)
final class SnapshotJfrEvent extends Event {
    @Label("Global Step")
    long globalStep;

    @Label("Size")
    @DataAmount
    long bytes;

    @Label("Copying")
    @Timespan
    long copying;

    @Label("Queue Depth")
    @Description("Saves being written or waiting to be, including this one")
    int queueDepth;

    @Label("Skipped")
    @Description("Whether the save was skipped because the writer was behind")
    boolean skipped;
}
