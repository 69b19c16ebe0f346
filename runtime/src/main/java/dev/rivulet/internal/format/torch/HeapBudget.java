package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;

/**
 * What a pickle may take of the Java heap: half of it. A few bytes of a pickle become an object of a hundred and more, so
 * that a small file could otherwise use up all memory, and end a run that was to pass it over.
 */
final class HeapBudget {
    /** A place on the stack, in a list or in the memo. */
    static final int OPCODE = 16;

    /** A plain value, in a node, with what a map needs to have it for a key. */
    static final int LEAF = 120;

    /** A list and what it becomes. */
    static final int SEQUENCE = 200;

    /** A map and what it becomes. */
    static final int MAPPING = 500;

    /** A dimension of a tensor. */
    static final int DIMENSION = 32;

    private final PickleInput pickle;
    private long taken;

    HeapBudget(PickleInput pickle) {
        this.pickle = pickle;
        this.taken = pickle.byteCount();
    }

    /** The most that a pickle may take. */
    static long limit() {
        return Runtime.getRuntime().maxMemory() / 2;
    }

    /** Takes some more, by an estimate that is rather too high. */
    void take(long byteCount) throws MalformedTorchFileException {
        taken += byteCount;
        if (taken > limit()) {
            throw pickle.violation(TorchRule.HEAP, "the objects so far take some " + taken + " bytes of it");
        }
    }
}
