package dev.rivulet.compatibility;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A run directory as a zip file, with symbolic links as files that hold the target. */
final class RunArchive {
    private static final String LINK = ".link";

    private RunArchive() {}

    static void pack(Path root, Path archive) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> Files.isSymbolicLink(file) || Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (Path file : files) {
                boolean link = Files.isSymbolicLink(file);
                ZipEntry entry = new ZipEntry(root.relativize(file) + (link ? LINK : ""));
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(
                        link
                                ? Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8)
                                : Files.readAllBytes(file));
            }
        }
    }

    static void unpack(Path archive, Path root) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = root.resolve(entry.getName());
                Files.createDirectories(file.resolveSibling("."));
                if (entry.getName().endsWith(LINK)) {
                    String target = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
                    String name = entry.getName().substring(0, entry.getName().length() - LINK.length());
                    Files.createSymbolicLink(root.resolve(name), Path.of(target));
                } else {
                    Files.copy(zip, file);
                }
            }
        }
    }
}
