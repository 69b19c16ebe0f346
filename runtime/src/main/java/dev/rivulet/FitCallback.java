package dev.rivulet;

import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.save.SaveHooks;

/** A callback that is bound to one fit. */
interface FitCallback extends ModelHooks, SaveHooks {

    /** Called before all hooks. */
    void setup() throws Exception;

    /** Called after all hooks, whether the fit succeeds or not. */
    void teardown();
}
