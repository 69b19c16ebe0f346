package dev.rivulet;

import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.save.SaveHooks;

/** What takes part in one fit: a callback that already has its trainer and module. */
interface FitCallback extends ModelHooks, SaveHooks {

    /** Before all hooks. */
    void setup() throws Exception;

    /** After all hooks, whether the fit succeeded or not. */
    void teardown();
}
