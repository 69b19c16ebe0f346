package dev.rivulet.benchmarks;

import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.transform.StateDict;

/** One static stream in addition to the original. */
class OneStreamModule extends LayersModule {
    OneStreamModule(Size size) {
        super(size);
    }

    @WeightTransform(value = "part-00", strict = false)
    static StateDict part(StateDict weights) {
        return SixteenStreamsModule.part(weights, 0);
    }
}
