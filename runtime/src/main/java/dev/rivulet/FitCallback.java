package dev.rivulet;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.save.SaveHooks;
import dev.rivulet.internal.state.CallbackStates;

/** A callback that is bound to one fit. */
interface FitCallback extends ModelHooks, SaveHooks, CallbackStates.Owner {

    /** Called before all hooks. */
    void setup() throws Exception;

    /** Called when the run resumes. */
    void onLoadCheckpoint(Checkpoint checkpoint) throws Exception;

    /** Called after all hooks, whether the fit succeeds or not. */
    void teardown();
}
