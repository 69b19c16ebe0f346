package dev.rivulet.internal.retention;

/** What a stream knows of the directory of its files: asked only when a name is chosen. */
public interface StreamDirectory {

    /** Extension of the files, such as {@code .ckpt}. */
    String extension();

    /**
     * Whether a file, folder or link of this name exists, whoever made it.
     *
     * @param name name in the directory, extension included
     */
    boolean exists(String name);
}
