package dev.rivulet.internal.store;

import dev.rivulet.internal.concurrent.Uninterruptibly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A thread that flushes a file while it is being written, so that the disk works during the copy into the page cache and
 * not only after it.
 *
 * <p>Its failure is the file's failure: the operating system reports a lost page to one flush only, so the last flush may
 * go well although an earlier one did not.
 */
final class EarlyFlush {
    /** Enough for the disk to be busy with, little enough that not much is left for the last flush. */
    private static final long STEP = 32L << 20;

    private final FileChannel channel;
    private final Thread thread = new Thread(this::run, "rivulet-early-flush");

    private long requested;
    private boolean finished;
    private @Nullable Throwable failure;

    private EarlyFlush(FileChannel channel) {
        this.channel = channel;
    }

    /** Whether it pays for a file of that size. */
    static boolean isWorthwhile(long byteCount) {
        return byteCount >= 2 * STEP;
    }

    static EarlyFlush begin(FileChannel channel) {
        EarlyFlush flush = new EarlyFlush(channel);
        flush.thread.setDaemon(true);
        flush.thread.start();
        return flush;
    }

    /**
     * Tells how much has been written.
     *
     * @throws IOException if an earlier part could not be flushed
     */
    synchronized void written(long total) throws IOException {
        rethrow();
        if (total - requested >= STEP) {
            requested = total;
            notifyAll();
        }
    }

    /**
     * Ends the thread once it has flushed what it was told of; the rest is left to the caller.
     *
     * @throws IOException if a flush failed
     */
    void finish() throws IOException {
        end();
        synchronized (this) {
            rethrow();
        }
    }

    /** Ends the thread after the file has failed for a reason of its own. */
    void abandon() {
        end();
    }

    private void end() {
        synchronized (this) {
            finished = true;
            notifyAll();
        }
        Uninterruptibly.await(thread::join);
    }

    private void run() {
        try {
            for (long flushed = 0; ; ) {
                synchronized (this) {
                    while (requested == flushed && !finished) {
                        wait();
                    }
                    if (requested == flushed) {
                        return;
                    }
                    flushed = requested;
                }
                channel.force(false);
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    private void rethrow() throws IOException {
        if (failure != null) {
            throw new IOException("flushing failed, " + failure.getMessage(), failure);
        }
    }
}
