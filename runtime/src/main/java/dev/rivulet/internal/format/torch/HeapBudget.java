package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;

/**
 * Limits a pickle to half of the Java heap. A few bytes of a pickle become an object of a hundred bytes or more, so
 * without a limit a small file could exhaust the memory and end a run that should only skip it.
 */
final class HeapBudget {
    /** A slot on the stack, in a list or in the memo. */
    static final int OPCODE = 16;

    /** A plain value in a node, including a map entry with it as the key. */
    static final int LEAF = 120;

    /** A list and the value built from it. */
    static final int SEQUENCE = 200;

    /** A map and the value built from it. */
    static final int MAPPING = 500;

    /** A dimension of a tensor. */
    static final int DIMENSION = 32;

    private final PickleInput pickle;
    private long taken;

    HeapBudget(PickleInput pickle) {
        this.pickle = pickle;
        this.taken = pickle.byteCount();
    }

    /** The maximum bytes for a pickle. */
    static long limit() {
        return Runtime.getRuntime().maxMemory() / 2;
    }

    /** Reserves more bytes; estimates are conservative. */
    void take(long byteCount) throws MalformedTorchFileException {
        taken += byteCount;
        if (taken > limit()) {
            throw pickle.violation(TorchRule.HEAP, "the objects read so far take about " + taken + " bytes");
        }
    }
}
