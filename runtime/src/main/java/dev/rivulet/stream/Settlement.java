package dev.rivulet.stream;

import java.util.List;

/**
 * What a plan's commit comes to.
 *
 * @param books the stream's books after it
 * @param retired names of the files to delete after it, in this order
 */
public record Settlement(StreamBooks books, List<String> retired) {}
