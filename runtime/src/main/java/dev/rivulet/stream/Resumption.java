package dev.rivulet.stream;

import java.util.Optional;

/**
 * Where a stream takes over from an earlier run.
 *
 * @param books the stream's books, of files that still exist; empty books for another directory
 * @param globalStep the step at which training resumes; 0 for a fresh run
 * @param source the file that training resumes from, if it is in the stream's directory; never retired in this run
 */
public record Resumption(StreamBooks books, long globalStep, Optional<String> source) {
    /** A fresh run. */
    public static final Resumption NONE = new Resumption(StreamBooks.EMPTY, 0, Optional.empty());
}
