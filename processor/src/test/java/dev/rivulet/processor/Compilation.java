package dev.rivulet.processor;

import ai.djl.ndarray.NDArray;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.transform.StateDict;
import java.io.File;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.eclipse.jdt.internal.compiler.tool.EclipseCompiler;

/** A compilation in memory against the real annotations and the real runtime. */
final class Compilation {
    private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

    /** Open as long as the JVM lives: opening the platform's classes again would take most of a compilation's time. */
    private static final StandardJavaFileManager JAVAC_FILES =
            JAVAC.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

    /** The annotations alone. */
    static final String ANNOTATIONS = location(WeightTransform.class).toString();

    /** The annotations, the runtime, and what the runtime's signatures refer to. */
    static final String LIBRARIES = Stream.of(WeightTransform.class, StateDict.class, NDArray.class)
            .map(Compilation::location)
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));

    private final JavaCompiler compiler;
    private final StandardJavaFileManager files;
    private final List<String> options = new ArrayList<>();
    private final List<Processor> processors = new ArrayList<>();
    private final Map<String, byte[]> classPath = new HashMap<>();
    private List<Source> sourcePath = List.of();

    private Compilation(JavaCompiler compiler, StandardJavaFileManager files) {
        this.compiler = compiler;
        this.files = files;
    }

    /** By javac with the processor, all warnings being errors but that other annotations have no processor. */
    static Compilation javac() {
        return new Compilation(JAVAC, JAVAC_FILES)
                .options("-Xlint:all,-processing", "-Werror", "-parameters", "-classpath", LIBRARIES)
                .processors(new RivuletProcessor());
    }

    /** By the Eclipse compiler with the processor, without the warning of keys to {@code @SuppressWarnings} that it does not know. */
    static Compilation ecj() {
        EclipseCompiler compiler = new EclipseCompiler();
        return new Compilation(compiler, compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8))
                .options("-17", "-warn:-warningToken", "-classpath", LIBRARIES)
                .processors(new RivuletProcessor());
    }

    Compilation options(String... added) {
        options.addAll(Arrays.asList(added));
        return this;
    }

    /** Replaces the processors. */
    Compilation processors(Processor... replacing) {
        processors.clear();
        processors.addAll(Arrays.asList(replacing));
        return this;
    }

    /** Shows the classes of an earlier compilation. */
    Compilation against(Compiled earlier) {
        classPath.putAll(earlier.classes());
        return this;
    }

    /** Shows sources that are compiled where others need them, but not processed. */
    Compilation sourcePath(List<Source> sources) {
        sourcePath = List.copyOf(sources);
        return this;
    }

    Compiled compile(String... sources) {
        return compile(Stream.of(sources).map(Source::of).toList());
    }

    Compiled compile(List<Source> sources) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        MemoryFiles memory = new MemoryFiles(files, classPath, sourcePath);
        boolean succeeded;
        if (compiler instanceof EclipseCompiler) {
            try (SourceFolder folder = SourceFolder.of(sources)) {
                succeeded = call(memory, diagnostics, folder.files(files));
            }
        } else {
            succeeded = call(memory, diagnostics, sources);
        }
        return new Compiled(succeeded, diagnostics.getDiagnostics(), memory.sources(), memory.classes());
    }

    private boolean call(
            MemoryFiles memory,
            DiagnosticCollector<JavaFileObject> diagnostics,
            Iterable<? extends JavaFileObject> sources) {
        JavaCompiler.CompilationTask task =
                compiler.getTask(Writer.nullWriter(), memory, diagnostics, options, null, sources);
        task.setLocale(Locale.ROOT);
        task.setProcessors(processors);
        return task.call();
    }

    /** The folder or archive that a class was loaded from. */
    static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
