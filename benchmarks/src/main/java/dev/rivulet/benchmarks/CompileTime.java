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
 * Compile time that an annotation processor adds per class, including the generated class, in nanoseconds.
 *
 * @param autoValue time added by AutoValue, for comparison
 * @param rivulet time added by this project's processor
 */
record CompileTime(double autoValue, double rivulet) {
    static final int CLASSES = 100;
    private static final int WARM_UPS = 4;
    private static final int ROUNDS = 9;
    private static final int PAIRS = 3;

    private static final String MODULE = """
        package measured;
        import dev.rivulet.checkpoint.Checkpoint;
        import dev.rivulet.transform.StateDict;
        import dev.rivulet.transform.TransformContext;
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
     * Compiles {@link #CLASSES} value classes of five properties, without and with AutoValue, and as many modules,
     * without and with Rivulet. The two alternate, because the JIT-compiled compiler keeps getting faster.
     */
    static CompileTime measure() throws Exception {
        List<Source> values = sources("Value", VALUE);
        List<Source> modules = sources("Module", MODULE);
        double[] autoValue = new double[ROUNDS];
        double[] rivulet = new double[ROUNDS];
        for (int i = -WARM_UPS; i < ROUNDS; i++) {
            double value = added(values, AutoValueProcessor::new);
            double module = added(modules, RivuletProcessor::new);
            if (i >= 0) {
                autoValue[i] = value;
                rivulet[i] = module;
            }
        }
        return new CompileTime(PairedRuns.median(autoValue), PairedRuns.median(rivulet));
    }

    private static double added(List<Source> sources, Supplier<Processor> processor) throws Exception {
        return PairedRuns.of(
                                () -> compile(sources, Optional.empty()),
                                () -> compile(sources, Optional.of(processor.get())),
                                0,
                                PAIRS)
                        .difference()
                / CLASSES;
    }

    private static List<Source> sources(String name, String template) {
        return IntStream.range(0, CLASSES)
                .mapToObj(i -> new Source(name + i, String.format(Locale.ROOT, template, i)))
                .toList();
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
                throw new IllegalStateException(classes + " classes were generated instead of " + count + ".");
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
        private final String content;

        private Source(String name, String content) {
            super(
                    URI.create("memory:///measured/" + name + JavaFileObject.Kind.SOURCE.extension),
                    JavaFileObject.Kind.SOURCE);
            this.content = content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }
}
