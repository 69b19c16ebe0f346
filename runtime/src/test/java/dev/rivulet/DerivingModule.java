package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.tensor.Dtype;

/** A linear model with static transforms, and one that is not. Its registry is written by hand. */
@CheckpointStream(saveTopK = -1)
final class DerivingModule extends PlaneModule {

    static StateDict halved(StateDict weights, TransformContext context) {
        context.putTensor("scale", context.manager().create((float) context.globalStep()));
        context.putMetadata("phase", context.phase().name());
        return weights.map((name, weight) -> weight.mul(0.5f));
    }

    static StateDict rounded(StateDict weights) {
        return weights.to(Dtype.BF16);
    }

    StateDict seen(StateDict weights) {
        return weights;
    }
}
