package dev.rivulet.internal.snapshot;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.concurrent.Uninterruptibly;
import dev.rivulet.internal.memory.Chunks;
import dev.rivulet.internal.tensor.LiveArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Takes snapshots of a set of live arrays. Owns their memory, which is allocated and touched once, then reused,
 * because writing to fresh memory is ten times as slow.
 *
 * <pre>{@code
 * SnapshotPool pool = new SnapshotPool(weights, state, 2);
 * pool.reserve();
 * …
 * Snapshot snapshot = pool.take();       // at a step boundary, on the training thread
 * …
 * snapshot.close();                      // when the files are written, on any thread
 * }</pre>
 *
 * <p>Snapshots are taken on the training thread, and may be closed on any thread.
 */
public final class SnapshotPool {
    private final Map<String, NDArray> weights;
    private Map<String, NDArray> state;
    private final int capacity;
    private final int chunkLimit;
    private final BlockingDeque<Arena> free;

    /** Bytes of one snapshot; negative until memory is reserved. */
    private long byteCount = -1;

    /** A pool for weights alone. */
    public SnapshotPool(Map<String, NDArray> weights, int capacity) {
        this(weights, Map.of(), capacity);
    }

    /**
     * A pool for arrays that stay the same objects, of the same types and shapes, for its lifetime.
     *
     * @param weights the weights, by name
     * @param state the other arrays, by names that differ from those of weights
     * @param capacity the maximum number of open snapshots
     */
    public SnapshotPool(Map<String, NDArray> weights, Map<String, NDArray> state, int capacity) {
        this(weights, state, capacity, Chunks.BYTES);
    }

    /** A pool with smaller chunks of memory, for tests. */
    SnapshotPool(Map<String, NDArray> weights, Map<String, NDArray> state, int capacity, int chunkLimit) {
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "A pool of " + capacity + " snapshots cannot take any; allow 1 or more.");
        }
        requireOtherNames(weights, state);
        this.weights = weights;
        this.state = state;
        this.capacity = capacity;
        this.chunkLimit = chunkLimit;
        this.free = new LinkedBlockingDeque<>(capacity);
    }

    /**
     * Allocates and touches all memory, so that a shortage shows early. Otherwise, the first {@link #take} does.
     *
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    public void reserve() {
        if (byteCount < 0) {
            Map<String, LiveArray> liveWeights = live(weights);
            Map<String, LiveArray> liveState = live(state);
            List<Arena> arenas = new ArrayList<>();
            for (int i = 0; i < capacity; i++) {
                arenas.add(new Arena(liveWeights, liveState, chunkLimit));
            }
            free.addAll(arenas);
            byteCount = arenas.get(0).byteCount();
        }
    }

    private static void requireOtherNames(Map<String, NDArray> weights, Map<String, NDArray> state) {
        state.keySet().stream().filter(weights::containsKey).findAny().ifPresent(name -> {
            throw new IllegalArgumentException(
                    "\"" + name + "\" names both a weight and another array of the state; rename the latter.");
        });
    }

    /**
     * Replaces the arrays besides the weights, for later snapshots. Waits until all snapshots are closed, and allocates
     * the memory again.
     *
     * @param newState as in the constructor
     */
    public void replaceState(Map<String, NDArray> newState) {
        requireOtherNames(weights, newState);
        for (int i = 0; byteCount >= 0 && i < capacity; i++) {
            awaitFree();
        }
        state = newState;
        byteCount = -1;
    }

    /** Bytes of one snapshot. */
    public long byteCount() {
        reserve();
        return byteCount;
    }

    /** A copy of the arrays as they are now; empty if all memory is in use. */
    public Optional<Snapshot> tryTake() {
        reserve();
        return Optional.ofNullable(free.pollFirst()).map(this::copyInto);
    }

    /**
     * A copy of the arrays as they are now. Waits until memory is free. An interrupt does not end the wait; the
     * thread's interrupt status is restored afterwards.
     */
    public Snapshot take() {
        reserve();
        return copyInto(awaitFree());
    }

    private Snapshot copyInto(Arena arena) {
        long start = System.nanoTime();
        try {
            arena.copyArrays();
        } catch (Throwable e) {
            free.addFirst(arena);
            throw e;
        }
        return new Snapshot(this, arena, System.nanoTime() - start);
    }

    private Arena awaitFree() {
        return Uninterruptibly.get(free::takeFirst);
    }

    private static Map<String, LiveArray> live(Map<String, NDArray> arrays) {
        Map<String, LiveArray> live = new LinkedHashMap<>();
        arrays.forEach((name, array) -> live.put(name, new LiveArray(array)));
        return live;
    }

    /** The live array of a weight. */
    NDArray array(String name) {
        NDArray array = weights.get(name);
        if (array == null) {
            throw new IllegalStateException("The pool has no weight \"" + name + "\".");
        }
        return array;
    }

    /** Returns the memory of a closed snapshot. The most recently used memory is reused first. */
    void free(Arena arena) {
        free.addFirst(arena);
    }
}
