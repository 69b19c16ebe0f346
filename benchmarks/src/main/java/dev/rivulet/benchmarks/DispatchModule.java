package dev.rivulet.benchmarks;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.transform.StateDict;

/** Four streams whose transforms do nothing, so that only the dispatch takes time. */
@CheckpointStream(filename = "original-{epoch}")
@SuppressWarnings("NotAModule") // Its registry alone is measured.
class DispatchModule {

    @WeightTransform("first")
    static StateDict first(StateDict weights) {
        return weights;
    }

    @WeightTransform("second")
    static StateDict second(StateDict weights) {
        return weights;
    }

    @WeightTransform("third")
    static StateDict third(StateDict weights) {
        return weights;
    }
}
