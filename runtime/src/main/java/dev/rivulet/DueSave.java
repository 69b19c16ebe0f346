package dev.rivulet;

import dev.rivulet.stream.SavePlan;

/** A save that is due. */
record DueSave(StreamSaver saver, SavePlan plan) {

    /** Gives the save up. */
    void refuse(SaveReport refused, Throwable failure) {
        saver.giveUp(plan);
        refused.fail(saver, failure);
    }
}
