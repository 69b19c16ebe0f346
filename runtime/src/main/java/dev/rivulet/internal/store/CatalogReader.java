package dev.rivulet.internal.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Reads all manifests of a directory while a run may be writing to it.
 *
 * <p>A file that vanishes between listing and reading was deleted because newer groups were committed, which the
 * listing may not contain. The directory is therefore listed again. Otherwise a reader could find no group although
 * there was one at all times.
 */
final class CatalogReader {
    /** Maximum number of listings; after these, a directory that keeps changing is accepted as read. */
    private static final int MAX_LISTINGS = 100;

    private final DirectoryLayout layout;
    private final Map<Long, Manifest> groups = new HashMap<>();
    private final Map<Path, Catalog.Damaged> damaged = new HashMap<>();

    /** A reader for a directory. */
    CatalogReader(DirectoryLayout layout) {
        this.layout = layout;
    }

    /** Reads everything. */
    Catalog read() throws IOException {
        boolean isComplete = false;
        for (int i = 0; !isComplete && i < MAX_LISTINGS; i++) {
            isComplete = readListing();
        }
        return new Catalog(layout.root(), groups, damaged.values());
    }

    /** Reads the files that have not been read yet; returns false if a file vanished in the meantime. */
    private boolean readListing() throws IOException {
        boolean isComplete = true;
        for (Path file : list()) {
            isComplete &= hasRead(file) || readFile(file);
        }
        return isComplete;
    }

    /** Files named like manifests, newest first because the newest is deleted last. */
    private List<Path> list() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(layout.folder(), DirectoryLayout::isNamedLikeManifest)) {
            entries.forEach(files::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        files.sort(Comparator.reverseOrder());
        return files;
    }

    private boolean hasRead(Path file) {
        OptionalLong group = DirectoryLayout.groupOf(file);
        return damaged.containsKey(file)
                || (group.isPresent() && groups.containsKey(group.getAsLong()) && !layout.isSecondManifest(file));
    }

    private boolean readFile(Path file) {
        try {
            Manifest manifest = manifest(file);
            groups.put(manifest.group(), manifest);
        } catch (NoSuchFileException e) {
            return false;
        } catch (MalformedManifestException e) {
            damaged.put(file, new Catalog.Damaged(file, e));
        } catch (IOException e) {
            MalformedManifestException reason = violation(file, ManifestRule.READABLE, e.toString());
            reason.initCause(e);
            damaged.put(file, new Catalog.Damaged(file, reason));
        }
        return true;
    }

    private Manifest manifest(Path file) throws IOException {
        OptionalLong group = DirectoryLayout.groupOf(file);
        if (group.isEmpty()) {
            throw violation(file, ManifestRule.FILE_NAME, "the name does not have a number of ten digits or more");
        }
        if (layout.isSecondManifest(file)) {
            throw violation(file, ManifestRule.FILE_NAME, "the group has another manifest");
        }
        Manifest manifest = ManifestJson.decode(file.toString(), bytes(file));
        if (manifest.group() != group.getAsLong()) {
            throw violation(file, ManifestRule.FILE_NAME, "the file describes group " + manifest.group());
        }
        return manifest;
    }

    private static byte[] bytes(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw violation(file, ManifestRule.FILE_KIND, "it is not a regular file");
        }
        if (attributes.size() > ManifestJson.MAX_BYTES) {
            throw violation(file, ManifestRule.FILE_SIZE, "the file has " + attributes.size() + " bytes");
        }
        byte[] bytes = new byte[(int) attributes.size()];
        try (InputStream content = Files.newInputStream(file)) {
            content.readNBytes(bytes, 0, bytes.length); // A file that became shorter fails its checksum.
        }
        return bytes;
    }

    private static MalformedManifestException violation(Path file, ManifestRule rule, String reason) {
        return new MalformedManifestException(file.toString(), rule, "$", reason);
    }
}
