package dev.rivulet.processor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;

/** Keeps what a compilation writes in memory, and shows it the classes of an earlier one and sources in memory. */
final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, byte[]> classPath;
    private final List<Source> sourcePath;
    private final Map<String, MemoryFile> written = new TreeMap<>();

    MemoryFiles(JavaFileManager files, Map<String, byte[]> classPath, List<Source> sourcePath) {
        super(files);
        this.classPath = classPath;
        this.sourcePath = sourcePath;
    }

    /** The written class files by binary name. */
    Map<String, byte[]> classes() {
        Map<String, byte[]> classes = new TreeMap<>();
        written.forEach((name, file) -> {
            if (file.getKind() == Kind.CLASS) {
                classes.put(file.name, file.content.toByteArray());
            }
        });
        return classes;
    }

    /** The written sources by qualified name. */
    Map<String, String> sources() {
        Map<String, String> sources = new TreeMap<>();
        written.forEach((name, file) -> {
            if (file.getKind() == Kind.SOURCE) {
                sources.put(file.name, file.content.toString(StandardCharsets.UTF_8));
            }
        });
        return sources;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(Location location, String className, Kind kind, FileObject sibling) {
        MemoryFile file = new MemoryFile(className.replace('/', '.'), kind);
        written.put(kind + " " + file.name, file);
        return file;
    }

    @Override
    public Iterable<JavaFileObject> list(Location location, String packageName, Set<Kind> kinds, boolean recurse)
            throws IOException {
        List<JavaFileObject> files = new ArrayList<>();
        super.list(location, packageName, kinds, recurse).forEach(files::add);
        if (location == StandardLocation.CLASS_PATH && kinds.contains(Kind.CLASS)) {
            classPath.forEach((name, bytes) -> {
                if (packageOf(name).equals(packageName)) {
                    files.add(new MemoryFile(name, bytes));
                }
            });
        }
        if (location == StandardLocation.CLASS_PATH && kinds.contains(Kind.SOURCE)) {
            sourcePath.stream()
                    .filter(source -> packageOf(source.qualifiedName()).equals(packageName))
                    .forEach(files::add);
        }
        return files;
    }

    private static String packageOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    @Override
    public String inferBinaryName(Location location, JavaFileObject file) {
        if (file instanceof Source source) {
            return source.qualifiedName();
        }
        return file instanceof MemoryFile memory ? memory.name : super.inferBinaryName(location, file);
    }

    @Override
    public boolean isSameFile(FileObject a, FileObject b) {
        return a.toUri().equals(b.toUri());
    }

    private static final class MemoryFile extends SimpleJavaFileObject {
        private final String name;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        MemoryFile(String name, Kind kind) {
            super(URI.create("memory:///" + name.replace('.', '/') + kind.extension), kind);
            this.name = name;
        }

        MemoryFile(String name, byte[] content) {
            this(name, Kind.CLASS);
            this.content.writeBytes(content);
        }

        @Override
        public InputStream openInputStream() {
            return new ByteArrayInputStream(content.toByteArray());
        }

        @Override
        public OutputStream openOutputStream() {
            return content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content.toString(StandardCharsets.UTF_8);
        }
    }
}
