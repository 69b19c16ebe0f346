package dev.rivulet.internal.save;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Which stream of a run owns which file, so that no stream overwrites another's. Also the lock of this and of what each
 * stream keeps, which the training thread and the writer's share.
 */
final class FileOwnership {
    private final Map<String, String> owners = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** Changes what streams own and keep. */
    void change(Runnable work) {
        locked(() -> {
            work.run();
            return owners;
        });
    }

    /** Reads or changes what streams own and keep. */
    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Has user code run in the middle of {@link #locked}, for which the writer does not wait. */
    <T> T unlocked(Supplier<T> userCode) {
        lock.unlock();
        try {
            return userCode.get();
        } finally {
            lock.lock();
        }
    }

    /**
     * Claims a file for a stream.
     *
     * @throws IllegalStateException if another stream owns it
     */
    void acquire(String file, String stream) {
        String owner = owners.putIfAbsent(file, stream);
        if (owner != null && !owner.equals(stream)) {
            throw new IllegalStateException("The stream \"" + stream + "\" would overwrite " + file
                    + " of the stream \"" + owner + "\"; give one of them another filename or dirpath.");
        }
    }

    boolean isOwned(String file) {
        return owners.containsKey(file);
    }

    /** Ends a stream's claim; another's stays. */
    void release(String file, String stream) {
        owners.remove(file, stream);
    }
}
