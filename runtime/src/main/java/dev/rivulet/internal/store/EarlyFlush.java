package dev.rivulet.internal.store;

import dev.rivulet.internal.concurrent.Uninterruptibly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Flushes a file on a thread of its own while it is being written, so that the disk already works during the copy into
 * the page cache.
 *
 * <p>A failure here fails the whole write: the operating system reports a lost page to one flush only, so the last
 * flush may succeed although an earlier one failed.
 */
final class EarlyFlush {
    /** Large enough to keep the disk busy, small enough to leave little for the last flush. */
    private static final long STEP = 32L << 20;

    private final FileChannel channel;
    private final Thread thread = new Thread(this::run, "rivulet-early-flush");

    private long requested;
    private boolean finished;
    private @Nullable Throwable failure;

    private EarlyFlush(FileChannel channel) {
        this.channel = channel;
    }

    /** Whether early flushing is worthwhile for a file of that size. */
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
     * Reports how many bytes have been written so far.
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
     * Ends the thread once it has flushed the reported bytes; the caller flushes the rest.
     *
     * @throws IOException if a flush failed
     */
    void finish() throws IOException {
        end();
        synchronized (this) {
            rethrow();
        }
    }

    /** Ends the thread after the write itself has failed. */
    void abort() {
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
            throw new IOException("flushing failed, " + FailureReason.message(failure), failure);
        }
    }
}
