package dev.rivulet.internal.loop;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fit that runs in this JVM; warns if it is not the only one and a seed is to make one of them repeatable. */
public final class RunningFit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningFit.class);
    private static final AtomicInteger FITS = new AtomicInteger();
    private static final AtomicInteger SEEDED_FITS = new AtomicInteger();

    private final boolean seeded;

    /**
     * Notes that a fit begins.
     *
     * @param seeded whether it has a seed
     */
    public RunningFit(boolean seeded) {
        this.seeded = seeded;
        int repeatable = seeded ? SEEDED_FITS.incrementAndGet() : SEEDED_FITS.get();
        if (FITS.incrementAndGet() > 1 && repeatable > 0) {
            LOG.warn("Several fits run in this JVM at the same time, and the seed of one does not make it repeatable:"
                    + " all fits draw from one random generator of libtorch and one of DJL, for initial weights, dropout"
                    + " and DJL's samplers. To repeat a run exactly, give each fit a JVM of its own.");
        }
    }

    /** Notes that the fit has ended. */
    @Override
    public void close() {
        FITS.decrementAndGet();
        if (seeded) {
            SEEDED_FITS.decrementAndGet();
        }
    }
}
