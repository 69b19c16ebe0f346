package dev.rivulet.internal.optim;

/**
 * One step's update of a parameter or of a part of it, in place and elementwise.
 *
 * @param <A> type of the arrays
 */
@FunctionalInterface
public interface Update<A> {
    /**
     * Updates weight and state.
     *
     * @param gradient including weight decay, unless that is decoupled; not changed
     */
    void apply(A weight, A gradient, State<A> state);

    /**
     * The optimizer's arrays for the elements that are updated.
     *
     * @param <A> type of the arrays
     */
    @FunctionalInterface
    interface State<A> {
        /** An array by PyTorch's name. */
        A array(String key);
    }

    /** The same update for any type of arrays. */
    @FunctionalInterface
    interface Source {
        <A> Update<A> of(Arithmetic<A> math);
    }
}
