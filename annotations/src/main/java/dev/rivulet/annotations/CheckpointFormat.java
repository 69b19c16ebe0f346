package dev.rivulet.annotations;

/**
 * The format of a stream's files. Weights, metadata and the user's entries are the same in each; only {@link #CKPT} can
 * also hold the training state.
 *
 * @since 0.1
 */
public enum CheckpointFormat {
    /** {@link #CKPT} for a stream of untransformed weights, {@link #SAFETENSORS} for a derived one. */
    AUTO,

    /**
     * {@code .ckpt}: PyTorch's zip file with Lightning's dictionary, which {@code torch.load} and PyTorch Lightning
     * open.
     */
    CKPT,

    /** {@code .safetensors}: weights for any program that reads safetensors. Reading it never executes code. */
    SAFETENSORS;

    /**
     * The format itself, with {@link #AUTO} decided.
     *
     * @param derived whether the stream's weights are made by a transform
     */
    public CheckpointFormat decided(boolean derived) {
        if (this != AUTO) {
            return this;
        }
        return derived ? SAFETENSORS : CKPT;
    }
}
