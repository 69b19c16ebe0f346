package dev.rivulet.optim;

/** What gradient clipping limits; Lightning's {@code gradient_clip_algorithm}. */
public enum GradientClipAlgorithm {
    /** The 2-norm of all gradients together. */
    NORM {
        @Override
        public GradientClipping with(double limit) {
            return GradientClipping.byNorm(limit);
        }
    },

    /** The size of each element. */
    VALUE {
        @Override
        public GradientClipping with(double limit) {
            return GradientClipping.byValue(limit);
        }
    };

    /**
     * The clipping with a limit.
     *
     * @param limit a positive number
     */
    public abstract GradientClipping with(double limit);
}
