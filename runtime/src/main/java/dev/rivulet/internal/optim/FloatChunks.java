package dev.rivulet.internal.optim;

import dev.rivulet.internal.concurrent.SharedLoop;
import dev.rivulet.internal.optim.Update.State;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Updates float32 parameters in host memory. A part of all arrays, which fits into the processor's second cache, is
 * copied to Java arrays, updated and copied back before the next one, because the JVM's compiler makes vector
 * instructions for Java arrays only.
 */
final class FloatChunks implements AutoCloseable {
    /** The number of elements that one thread updates at a time. */
    static final int CHUNK = 1 << 13;

    private final IntSupplier threads;
    private final Queue<Chunk> chunks = new ConcurrentLinkedQueue<>();

    /** Updates on at most as many threads as are supplied. */
    FloatChunks(IntSupplier threads) {
        this.threads = threads;
    }

    /** The memory of a parameter: of its weight, its gradient, and its state in the order of the keys. */
    record Memory(
            String parameter, FloatBuffer weight, FloatBuffer gradient, List<String> keys, List<FloatBuffer> state) {}

    /** Updates weight and state. */
    void update(Update.Source source, Memory memory) {
        int elements = memory.weight().capacity();
        if (elements <= CHUNK) {
            update(source, memory, 0, elements);
        } else {
            SharedLoop.run(
                    (elements + CHUNK - 1) / CHUNK,
                    threads.getAsInt(),
                    i -> update(source, memory, i * CHUNK, Math.min(CHUNK, elements - i * CHUNK)));
        }
    }

    private void update(Update.Source source, Memory memory, int from, int count) {
        Chunk chunk = Objects.requireNonNullElseGet(chunks.poll(), Chunk::new);
        try {
            chunk.update(source, memory, from, count);
        } finally {
            chunks.add(chunk);
        }
    }

    @Override
    public void close() {
        chunks.forEach(chunk -> chunk.math.close());
    }

    /** Arrays of one thread. */
    private static final class Chunk implements State<float[]> {
        private final FloatArithmetic math = new FloatArithmetic(CHUNK);
        private final float[] weight = new float[CHUNK];
        private final float[] gradient = new float[CHUNK];
        private final List<float[]> state = new ArrayList<>();
        private String parameter = "";
        private List<String> keys = List.of();
        private Update.@Nullable Source source;
        private Update<float[]> update = (w, g, s) -> {};

        void update(Update.Source current, Memory memory, int from, int count) {
            prepare(current, memory);
            math.setCount(count);
            memory.weight().get(from, weight, 0, count);
            memory.gradient().get(from, gradient, 0, count);
            for (int i = 0; i < keys.size(); i++) {
                memory.state().get(i).get(from, state.get(i), 0, count);
            }
            update.apply(weight, gradient, this);
            memory.weight().put(from, weight, 0, count);
            for (int i = 0; i < keys.size(); i++) {
                memory.state().get(i).put(from, state.get(i), 0, count);
            }
        }

        private void prepare(Update.Source current, Memory memory) {
            if (source != current) {
                source = current;
                update = current.of(math);
            }
            parameter = memory.parameter();
            keys = memory.keys();
            while (state.size() < keys.size()) {
                state.add(new float[CHUNK]);
            }
        }

        @Override
        public float[] array(String key) {
            int i = keys.indexOf(key);
            return ParameterUpdates.required(parameter, key, i < 0 ? null : state.get(i));
        }
    }
}
