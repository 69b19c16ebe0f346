package dev.rivulet.internal.loop;

/** When within an epoch validation runs; Lightning's {@code val_check_interval}. */
public sealed interface ValidationInterval {
    /** Once, after the last batch. */
    ValidationInterval EPOCH = new Fraction(1.0);

    /**
     * Number of batches from one validation to the next.
     *
     * @param batchesOfEpoch number of training batches in an epoch; 0 if unknown, in which case a fraction is never
     *     reached
     */
    long batches(long batchesOfEpoch);

    /** The configured number: a fraction up to 1.0, or a number of batches. */
    double setting();

    /**
     * A fraction of the epoch, such as {@code 0.25} for four validations in each.
     *
     * @param fraction more than 0, at most 1
     */
    record Fraction(double fraction) implements ValidationInterval {

        /** Refuses numbers outside (0, 1]. */
        public Fraction {
            if (!(fraction > 0 && fraction <= 1)) {
                throw new IllegalArgumentException("valCheckInterval is " + fraction
                        + ", but a fraction of an epoch must be more than 0 and at most 1."
                        + " To validate every n batches, pass an int.");
            }
        }

        @Override
        public long batches(long batchesOfEpoch) {
            return batchesOfEpoch == 0 ? Long.MAX_VALUE : Math.max(1, (long) (batchesOfEpoch * fraction));
        }

        @Override
        public double setting() {
            return fraction;
        }
    }

    /**
     * A number of batches.
     *
     * @param count 1 or more
     */
    record Batches(int count) implements ValidationInterval {

        /** Refuses numbers below 1. */
        public Batches {
            if (count < 1) {
                throw new IllegalArgumentException("valCheckInterval is " + count + ", but must be 1 batch or more.");
            }
        }

        @Override
        public long batches(long batchesOfEpoch) {
            return count;
        }

        @Override
        public double setting() {
            return count;
        }
    }
}
