package dev.rivulet.internal.retention;

/** The directory of a stream; queried only when a name is chosen. */
public interface StreamDirectory {

    /** The extension of file names, such as {@code .ckpt}. */
    String extension();

    /**
     * Whether a file, folder or link of this name exists, or another stream has reserved the name.
     *
     * @param name a name in the directory, including the extension
     */
    boolean exists(String name);
}
