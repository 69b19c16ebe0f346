package dev.rivulet.internal.optim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Arithmetic on the first elements of arrays, in loops that the JVM's compiler turns into vector instructions.
 *
 * <p>Roots are taken by libtorch: with MKL, its {@code sqrt} of float32 differs from the correctly rounded one in the
 * last bit of every fifth value.
 */
final class FloatArithmetic implements Arithmetic<float[]>, AutoCloseable {
    private final int length;
    private final FloatRoots roots;
    private final Deque<float[]> copies = new ArrayDeque<>();
    private int count;

    /** Arithmetic for arrays of this length. */
    FloatArithmetic(int length) {
        this.length = length;
        this.roots = new FloatRoots(length);
    }

    /** Sets the number of elements of each array that take part. */
    void setCount(int elements) {
        count = elements;
    }

    @Override
    public void scale(float[] target, double factor) {
        float f = (float) factor;
        for (int i = 0; i < count; i++) {
            target[i] *= f;
        }
    }

    @Override
    public void addScaled(float[] target, float[] addend, double alpha) {
        float a = (float) alpha;
        int n = count;
        for (int i = 0; i < n; i++) {
            target[i] = Math.fma(addend[i], a, target[i]);
        }
    }

    @Override
    public void lerp(float[] target, float[] end, double weight) {
        float w = (float) weight;
        int n = count;
        if (Math.abs(w) < 0.5f) {
            for (int i = 0; i < n; i++) {
                target[i] = Math.fma(end[i] - target[i], w, target[i]);
            }
        } else {
            float rest = w - 1;
            for (int i = 0; i < n; i++) {
                target[i] = Math.fma(end[i] - target[i], rest, end[i]);
            }
        }
    }

    @Override
    public void addSquare(float[] target, float[] factor, double value) {
        float v = (float) value;
        int n = count;
        for (int i = 0; i < n; i++) {
            target[i] = Math.fma(factor[i] * v, factor[i], target[i]);
        }
    }

    @Override
    public void averageSquares(float[] target, float[] factor, double decay) {
        float d = (float) decay;
        float v = (float) (1 - decay);
        int n = count;
        for (int i = 0; i < n; i++) {
            target[i] = Math.fma(factor[i] * v, factor[i], target[i] * d);
        }
    }

    @Override
    public void maximize(float[] target, float[] other) {
        int n = count;
        for (int i = 0; i < n; i++) {
            target[i] = Math.max(target[i], other[i]);
        }
    }

    @Override
    public void copy(float[] source, float[] target) {
        System.arraycopy(source, 0, target, 0, count);
    }

    @Override
    public void withCopy(float[] original, Consumer<float[]> use) {
        float[] copy = copies.isEmpty() ? new float[length] : copies.pop();
        copy(original, copy);
        use.accept(copy);
        copies.push(copy);
    }

    @Override
    public void addNormalized(
            float[] target, float[] dividend, float[] meanSquare, double correction, double eps, double value) {
        float c = (float) correction;
        float e = (float) eps;
        float v = (float) value;
        float[] root = roots.of(meanSquare, count);
        int n = count;
        for (int i = 0; i < n; i++) {
            target[i] += dividend[i] * v / (root[i] / c + e);
        }
    }

    @Override
    public void close() {
        roots.close();
    }
}
