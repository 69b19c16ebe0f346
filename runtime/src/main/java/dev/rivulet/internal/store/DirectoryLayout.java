package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Paths in a checkpoint directory, and the names of the framework's own files.
 *
 * @param root the directory, absolute
 */
record DirectoryLayout(Path root) {
    static final String PRIVATE = ".rivulet";
    static final String TEMPORARY = "tmp-";
    static final String SUPERSEDED = "old-";

    private static final String MANIFEST_PREFIX = "group-";
    private static final String MANIFEST_SUFFIX = ".json";
    private static final Pattern MANIFEST = Pattern.compile(MANIFEST_PREFIX + "([0-9]{10,18})\\" + MANIFEST_SUFFIX);

    /**
     * The absolute path of a checkpoint.
     *
     * @throws IllegalArgumentException if it leads outside, or into the framework's own folder
     */
    Path resolve(String relative) {
        Path path = root.resolve(relative).normalize();
        if (!path.startsWith(root) || path.equals(root) || path.startsWith(folder())) {
            throw new IllegalArgumentException(
                    "\"" + relative + "\" is not a valid path for a checkpoint in " + root + ".");
        }
        return path;
    }

    /** Whether file names, whose encoding the JVM takes from its environment, can express a path. */
    boolean canExpress(String relative) {
        try {
            return root.resolve(relative).startsWith(root);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** A path relative to the directory, with {@code /} between names. */
    String relative(Path path) {
        return root.relativize(path).toString().replace(root.getFileSystem().getSeparator(), "/");
    }

    /** The framework's own folder. */
    Path folder() {
        return root.resolve(PRIVATE);
    }

    Path lock() {
        return folder().resolve("lock");
    }

    Path quarantine() {
        return folder().resolve("quarantine");
    }

    Path manifest(long group) {
        return folder().resolve(manifestName(group));
    }

    /** Name of a group's manifest: {@code group-0000000012.json} for group 12. Names with ten digits sort by number. */
    static String manifestName(long group) {
        return MANIFEST_PREFIX + String.format(Locale.ROOT, "%010d", group) + MANIFEST_SUFFIX;
    }

    /** Whether a file is named like a manifest, whether or not it is one. */
    static boolean isNamedLikeManifest(Path file) {
        String name = name(file);
        return name.startsWith(MANIFEST_PREFIX) && name.endsWith(MANIFEST_SUFFIX);
    }

    /** The group in the name of a manifest, in digits of any script; empty if the file is not named like one. */
    static OptionalLong groupOf(Path file) {
        String name = name(file);
        return numberIn(name).stream()
                .filter(group -> group >= 1 && manifestName(group).equals(name))
                .findFirst();
    }

    /** Whether a group's manifest has other digits in its name while there is one with ASCII digits, too. */
    boolean isSecondManifest(Path file) {
        OptionalLong group = groupOf(file);
        return group.isPresent()
                && !file.equals(manifest(group.getAsLong()))
                && Files.exists(manifest(group.getAsLong()), LinkOption.NOFOLLOW_LINKS);
    }

    /** A new path for a temporary file. */
    Path temporary() {
        return folder().resolve(TEMPORARY + UUID.randomUUID());
    }

    /** The current path of a retained file: its own, or that of its blob as long as it does not have its name. */
    Path locate(RetainedFiles.RetainedFile file) {
        return file.checkpoint()
                .filter(checkpoint -> checkpoint.file().equals(file.path()) || !canExpress(file.path()))
                .map(this::locate)
                .orElseGet(() -> root.resolve(file.path()));
    }

    /** The current path of a checkpoint's own file. */
    Path locate(StoredCheckpoint checkpoint) {
        Path blob = folder().resolve(checkpoint.blob().name());
        return Files.exists(blob, LinkOption.NOFOLLOW_LINKS) || !canExpress(checkpoint.file())
                ? blob
                : root.resolve(checkpoint.file());
    }

    /**
     * The path of a blob.
     *
     * @throws IllegalArgumentException if the name is not that of a blob
     */
    Path blob(String name) {
        Path blob = folder().resolve(name);
        if (!name.startsWith(TEMPORARY) || !folder().equals(blob.normalize().getParent())) {
            throw new IllegalArgumentException("\"" + name + "\" is not the name of a blob.");
        }
        return blob;
    }

    /** The path of a superseded file that a rollback may need, which had this name before its group was published. */
    Path superseded(StoredCheckpoint.Blob blob) {
        return folder().resolve(SUPERSEDED + blob.name().substring(TEMPORARY.length()));
    }

    /** The highest group number in the names of manifests, including quarantined ones; 0 if there are none. */
    long highestGroup() throws IOException {
        long highest = 0;
        for (Path folder : List.of(folder(), quarantine())) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    highest = Math.max(highest, numberIn(name(file)).orElse(0));
                }
            }
        }
        return highest;
    }

    /** The group number in a name. The name of a quarantined file contains its former path. */
    private static OptionalLong numberIn(String name) {
        Matcher matcher = MANIFEST.matcher(name);
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** Earlier versions wrote the digits of the JVM's locale, which count as those of ASCII. */
    private static String name(Path file) {
        StringBuilder name = new StringBuilder();
        String.valueOf(file.getFileName())
                .codePoints()
                .forEach(c -> name.appendCodePoint(Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
        return name.toString();
    }
}
