package dev.rivulet.store;

/**
 * A further name of a checkpoint's file: {@code last} or {@code best}.
 *
 * @param name path of the pointer
 * @param target path of the file that it names, of this group or an earlier one
 * @param linked whether it is a symbolic link; otherwise a file of the same content, which outlives its target
 */
public record Pointer(String name, String target, boolean linked) {}
