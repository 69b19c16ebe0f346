package dev.rivulet.optim;

/**
 * The quantity that gradient clipping limits; Lightning's {@code gradient_clip_algorithm}.
 *
 * @since 0.1
 */
public enum GradientClipAlgorithm {
    /** The 2-norm of all gradients together. */
    NORM {
        @Override
        public GradientClipping with(double limit) {
            return GradientClipping.byNorm(limit);
        }
    },

    /** The absolute value of each element. */
    VALUE {
        @Override
        public GradientClipping with(double limit) {
            return GradientClipping.byValue(limit);
        }
    };

    /**
     * Creates the clipping with a limit.
     *
     * @param limit a positive number
     */
    public abstract GradientClipping with(double limit);
}
