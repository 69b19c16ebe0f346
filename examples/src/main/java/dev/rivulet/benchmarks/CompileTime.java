package dev.rivulet.benchmarks;

import com.google.auto.value.processor.AutoValueProcessor;
import dev.rivulet.processor.RivuletProcessor;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * What an annotation processor adds to the compilation of a class, its generated class included.
 *
 * @param autoValue AutoValue, for comparison
 * @param rivulet this project's processor
 */
record CompileTime(PairedRuns autoValue, PairedRuns rivulet) {
    static final int CLASSES = 100;
    private static final int WARM_UPS = 6;
    private static final int PAIRS = 9;

    private static final String MODULE = """
            package measured;
            import dev.rivulet.Checkpoint;
            import dev.rivulet.StateDict;
            import dev.rivulet.TransformContext;
            import dev.rivulet.annotations.*;
            @CheckpointStream(filename = "original-{epoch}", monitor = "val_loss", saveTopK = 3)
            class Module%1$d {
                @WeightTransform("transformed")
                @CheckpointStream(filename = "transformed-{epoch}-{val_loss:.3f}", monitor = "val_loss", saveTopK = 2)
                static StateDict transform(StateDict weights) { return weights; }
                @WeightTransform(value = "chained", from = "transformed")
                @CheckpointStream(everyNTrainSteps = 100, saveTopK = -1)
                StateDict chain(StateDict weights, TransformContext context) { return weights; }
                @TransformWhen("transformed")
                boolean when(TransformContext context) { return true; }
                @OnSaveCheckpoint
                void describe(Checkpoint checkpoint) {}
            }
            """;

    private static final String VALUE = """
            package measured;
            import com.google.auto.value.AutoValue;
            import java.util.List;
            import java.util.Optional;
            @AutoValue
            abstract class Value%1$d {
                abstract String name();
                abstract int count();
                abstract double score();
                abstract List<String> labels();
                abstract Optional<String> parent();
            }
            """;

    /**
     * Compilations of {@link #CLASSES} values of five properties, without and with AutoValue, and of as many modules,
     * without and with Rivulet; the compiler is warm for both before either is measured.
     */
    static CompileTime measure() throws Exception {
        Supplier<Processor> autoValue = AutoValueProcessor::new;
        Supplier<Processor> rivulet = RivuletProcessor::new;
        pairs(VALUE, "Value", autoValue, 1);
        pairs(MODULE, "Module", rivulet, 1);
        return new CompileTime(pairs(VALUE, "Value", autoValue, PAIRS), pairs(MODULE, "Module", rivulet, PAIRS));
    }

    private static PairedRuns pairs(String template, String name, Supplier<Processor> processor, int pairs)
            throws Exception {
        List<Source> sources = IntStream.range(0, CLASSES)
                .mapToObj(i -> new Source(name + i, String.format(Locale.ROOT, template, i)))
                .toList();
        return PairedRuns.of(
                () -> compile(sources, Optional.empty()),
                () -> compile(sources, Optional.of(processor.get())),
                WARM_UPS,
                pairs);
    }

    private static void compile(List<Source> sources, Optional<Processor> processor) throws IOException {
        Path output = Files.createTempDirectory("compiled");
        try {
            StringWriter messages = new StringWriter();
            List<String> options = Stream.concat(
                            Stream.of("-d", output.toString(), "-classpath", System.getProperty("java.class.path")),
                            processor.isPresent() ? Stream.empty() : Stream.of("-proc:none"))
                    .toList();
            JavaCompiler.CompilationTask task =
                    ToolProvider.getSystemJavaCompiler().getTask(messages, null, null, options, null, sources);
            processor.ifPresent(present -> task.setProcessors(List.of(present)));
            if (!task.call()) {
                throw new IllegalStateException("The sources do not compile:\n" + messages);
            }
            requireClasses(output, processor.isPresent() ? 2 * CLASSES : CLASSES);
        } finally {
            delete(output);
        }
    }

    private static void requireClasses(Path output, int count) throws IOException {
        try (Stream<Path> files = Files.list(output.resolve("measured"))) {
            long classes =
                    files.filter(file -> file.toString().endsWith(".class")).count();
            if (classes != count) {
                throw new IllegalStateException(classes + " classes were written instead of " + count + ".");
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        private Source(String name, String text) {
            super(
                    URI.create("memory:///measured/" + name + JavaFileObject.Kind.SOURCE.extension),
                    JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
