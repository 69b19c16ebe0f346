package dev.rivulet.benchmarks;

import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.transform.StateDict;

/** Two static streams in addition to the original: the weights halved, and in half precision. */
class ThreeStreamsModule extends LayersModule {
    ThreeStreamsModule(Size size) {
        super(size);
    }

    @WeightTransform("halved")
    static StateDict halve(StateDict weights) {
        return weights.map((name, weight) -> weight.mul(0.5f));
    }

    @WeightTransform("half")
    static StateDict toHalfPrecision(StateDict weights) {
        return weights.to(Dtype.BF16);
    }
}
