package dev.rivulet.internal.loop;

/** When within an epoch validation runs; Lightning's {@code val_check_interval}. */
public sealed interface ValidationInterval {
    /** Once, after the last batch. */
    ValidationInterval EPOCH = new Fraction(1.0);

    /**
     * Number of batches from one validation to the next.
     *
     * @param batchesOfEpoch number of training batches of an epoch; 0 if it is not known, so that a part of it is not
     *     reached
     */
    long batches(long batchesOfEpoch);

    /** The number that was set: a part up to 1.0, or a count of batches. */
    double setting();

    /**
     * A part of the epoch, {@code 0.25} for four validations in each.
     *
     * @param fraction more than 0, at most 1
     */
    record Fraction(double fraction) implements ValidationInterval {

        /** Refuses what is no part. */
        public Fraction {
            if (!(fraction > 0 && fraction <= 1)) {
                throw new IllegalArgumentException("valCheckInterval is " + fraction
                        + ", but a fraction of an epoch is more than 0 and at most 1."
                        + " To validate every n batches, give an int.");
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
