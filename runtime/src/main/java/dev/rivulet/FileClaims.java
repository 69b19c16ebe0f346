package dev.rivulet;

import java.util.HashMap;
import java.util.Map;

/** Which stream of a run owns which file, so that no stream overwrites another's. */
final class FileClaims {
    private final Map<String, String> owners = new HashMap<>();

    /**
     * Claims a file for a stream.
     *
     * @throws IllegalStateException if another stream owns it
     */
    void claim(String file, String stream) {
        String owner = owners.putIfAbsent(file, stream);
        if (owner != null && !owner.equals(stream)) {
            throw new IllegalStateException("The stream \"" + stream + "\" would overwrite " + file
                    + " of the stream \"" + owner + "\"; give one of them another filename or dirpath.");
        }
    }

    boolean isClaimed(String file) {
        return owners.containsKey(file);
    }

    /** Ends a stream's claim; another's stays. */
    void release(String file, String stream) {
        owners.remove(file, stream);
    }
}
