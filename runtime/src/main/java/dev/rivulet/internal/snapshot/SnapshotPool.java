package dev.rivulet.internal.snapshot;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.memory.Chunks;
import dev.rivulet.internal.tensor.LiveArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a fixed set of live arrays, in memory that is allocated and touched once and then reused: writing to fresh
 * memory is ten times as slow.
 *
 * <p>The arrays are weights, and whatever else makes up the training state. All are copied at once, but only weights are
 * shown to foreign code, so only these are sealed, repaired and backed up.
 *
 * <pre>{@code
 * SnapshotPool pool = new SnapshotPool(weights, state, 2);
 * pool.reserve();
 * …
 * Snapshot snapshot = pool.take();       // at a step boundary, on the thread that trains
 * …
 * snapshot.close();                      // when the files are written, on any thread
 * }</pre>
 *
 * <p>Snapshots are taken on the thread that trains, and closed on any.
 */
public final class SnapshotPool {
    private final Map<String, NDArray> weights;
    private final Map<String, NDArray> state;
    private final int capacity;
    private final int chunkLimit;
    private final BlockingDeque<Arena> free;
    private final BlockingDeque<Arena> spare = new LinkedBlockingDeque<>(1);
    private @Nullable Reserve reserve;

    /** What is known of the arrays since memory was reserved. */
    private record Reserve(Map<String, LiveArray> weights, long byteCount) {}

    /** A pool for weights alone. */
    public SnapshotPool(Map<String, NDArray> weights, int capacity) {
        this(weights, Map.of(), capacity);
    }

    /**
     * A pool for arrays that stay the same objects, of the same types and shapes, for its lifetime.
     *
     * @param weights the weights, by name
     * @param state further arrays, by names that are not those of weights
     * @param capacity how many snapshots there may be at a time
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
        state.keySet().stream().filter(weights::containsKey).findAny().ifPresent(name -> {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is a weight, and further state besides; give the latter another name.");
        });
        this.weights = weights;
        this.state = state;
        this.capacity = capacity;
        this.chunkLimit = chunkLimit;
        this.free = new LinkedBlockingDeque<>(capacity);
    }

    /**
     * Allocates and touches all memory, so that a lack of it is known before it is needed. Once is enough; the first
     * {@link #take} does it otherwise.
     *
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    public void reserve() {
        reserved();
    }

    /** Bytes of one snapshot. */
    public long byteCount() {
        return reserved().byteCount();
    }

    /** A copy of the arrays as they are now; empty if all memory is in use. */
    public Optional<Snapshot> tryTake() {
        reserve();
        return Optional.ofNullable(free.pollFirst()).map(this::copyInto);
    }

    /**
     * A copy of the arrays as they are now, waiting for memory until another snapshot is closed. Interrupting the thread
     * does not end the wait; its flag is set again afterwards.
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
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return free.takeFirst();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Reserve reserved() {
        if (reserve == null) {
            Map<String, LiveArray> liveWeights = live(weights);
            Map<String, LiveArray> liveState = live(state);
            List<Arena> arenas = new ArrayList<>();
            for (int i = 0; i < capacity; i++) {
                arenas.add(new Arena(liveWeights, liveState, chunkLimit));
            }
            free.addAll(arenas);
            reserve = new Reserve(liveWeights, arenas.get(0).byteCount());
        }
        return reserve;
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
            throw new IllegalStateException("The arrays of a snapshot lost \"" + name + "\".");
        }
        return array;
    }

    /** Takes the memory of a closed snapshot, the warmest first. */
    void free(Arena arena) {
        free.addFirst(arena);
    }

    /** Memory for the weights beyond the pool's own: what an earlier backup left, or fresh memory. */
    Arena spare() {
        Arena left = spare.pollFirst();
        return left != null ? left : new Arena(reserved().weights(), Map.of(), chunkLimit);
    }

    /** Keeps the memory of one closed backup for the next. */
    void freeSpare(Arena arena) {
        // Where one is kept already, this one is left to the garbage collector.
        boolean unused = spare.offerFirst(arena);
    }
}
