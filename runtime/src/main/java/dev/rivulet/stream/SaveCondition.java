package dev.rivulet.stream;

/** Decides whether a stream carries out a save that is due. */
@FunctionalInterface
public interface SaveCondition {
    /** Carries out every save. */
    SaveCondition ALWAYS = moment -> true;

    /** Whether the save is carried out; asked once, just before its plan is made. */
    boolean allows(Moment moment);
}
