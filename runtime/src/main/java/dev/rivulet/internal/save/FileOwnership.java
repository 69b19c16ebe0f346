package dev.rivulet.internal.save;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Records which stream of a run owns which file, so that no stream overwrites the file of another. Its lock also guards
 * what each stream keeps. Shared by the training thread and the writer thread.
 */
final class FileOwnership {
    private final Map<String, String> owners = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** Changes, under the lock, what streams own and keep. */
    void change(Runnable work) {
        locked(() -> {
            work.run();
            return owners;
        });
    }

    /** Reads or changes, under the lock, what streams own and keep. */
    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Runs user code in the middle of {@link #locked} without the lock, so that the writer does not wait for it. */
    <T> T unlocked(Supplier<T> userCode) {
        lock.unlock();
        try {
            return userCode.get();
        } finally {
            lock.lock();
        }
    }

    /**
     * Makes a stream the owner of a file.
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

    /** Ends the ownership of a file, if the stream owns it. */
    void release(String file, String stream) {
        owners.remove(file, stream);
    }
}
