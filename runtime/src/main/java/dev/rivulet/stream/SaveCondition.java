package dev.rivulet.stream;

/** Decides whether a stream carries out a save that is due. */
@FunctionalInterface
public interface SaveCondition {
    /** Carries out every save. */
    SaveCondition ALWAYS = moment -> true;

    /** Whether the save is carried out; asked once, before its plan is made or it is skipped for its score. */
    boolean allows(Moment moment);
}
