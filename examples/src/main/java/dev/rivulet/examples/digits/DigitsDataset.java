package dev.rivulet.examples.digits;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.util.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * Handwritten digits: images of shape (1, 8, 8) with values from 0 to 1, and labels from 0 to 9. Four fifths are for
 * training and the rest for validation. A fixed seed determines the split, so that it is the same for every run and
 * model.
 */
final class DigitsDataset extends RandomAccessDataset {
    private static final String RESOURCE = "digits.csv.gz";
    private static final Shape IMAGE = new Shape(1, 8, 8);
    private static final int PIXELS = 64;
    private static final float BRIGHTEST = 16;
    private static final int BATCH_SIZE = 32;
    private static final long SPLIT_SEED = 1998;

    private final List<Digit> digits;

    private DigitsDataset(Builder builder) {
        super(builder);
        this.digits = builder.digits;
    }

    /** The training images. */
    static DigitsDataset training() throws IOException {
        List<Digit> all = shuffled();
        return new Builder(all.subList(0, splitPoint(all)))
                .setSampling(BATCH_SIZE, false)
                .build();
    }

    /** The validation images, in a fixed order. */
    static DigitsDataset validation() throws IOException {
        List<Digit> all = shuffled();
        return new Builder(all.subList(splitPoint(all), all.size()))
                .setSampling(BATCH_SIZE, false)
                .build();
    }

    @Override
    public Record get(NDManager manager, long index) {
        Digit digit = digits.get(Math.toIntExact(index));
        return new Record(new NDList(manager.create(digit.pixels, IMAGE)), new NDList(manager.create(digit.label)));
    }

    @Override
    protected long availableSize() {
        return digits.size();
    }

    @Override
    public void prepare(Progress progress) {
        // All data is already in memory.
    }

    private static List<Digit> shuffled() throws IOException {
        List<Digit> digits = read();
        Collections.shuffle(digits, new Random(SPLIT_SEED));
        return digits;
    }

    private static int splitPoint(List<Digit> digits) {
        return digits.size() * 4 / 5;
    }

    private static List<Digit> read() throws IOException {
        InputStream resource = DigitsDataset.class.getResourceAsStream(RESOURCE);
        if (resource == null) {
            throw new IOException("The resource " + RESOURCE + " is missing in the package of "
                    + DigitsDataset.class.getName() + "; build the module with its resources.");
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII))) {
            return lines.lines().map(Digit::parse).collect(Collectors.toCollection(ArrayList::new));
        }
    }

    private static final class Digit {
        private final float[] pixels;
        private final long label;

        private Digit(float[] pixels, long label) {
            this.pixels = pixels;
            this.label = label;
        }

        private static Digit parse(String line) {
            int[] values = Arrays.stream(line.split(",", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            float[] pixels = new float[PIXELS];
            for (int i = 0; i < PIXELS; i++) {
                pixels[i] = values[i] / BRIGHTEST;
            }
            return new Digit(pixels, values[PIXELS]);
        }
    }

    private static final class Builder extends BaseBuilder<Builder> {
        private final List<Digit> digits;

        private Builder(List<Digit> digits) {
            this.digits = digits;
        }

        @Override
        protected Builder self() {
            return this;
        }

        private DigitsDataset build() {
            return new DigitsDataset(this);
        }
    }
}
