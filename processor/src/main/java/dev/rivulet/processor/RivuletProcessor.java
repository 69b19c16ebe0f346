package dev.rivulet.processor;

import com.google.auto.service.AutoService;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/**
 * Writes a callback registry for every class that declares checkpoint streams or hooks, and reports mistakes where they
 * stand. It claims no annotation and, whatever happens, throws nothing at the compiler.
 *
 * <p>Each registry has one originating element, its class, and depends on what that class reaches alone: incremental
 * builds may take the processor for isolating. Classes that need types of other processors wait for a later round.
 */
@AutoService(Processor.class)
public final class RivuletProcessor extends AbstractProcessor {
    private static final List<Class<?>> ANNOTATIONS = List.of(
            CheckpointStream.class,
            CheckpointStream.List.class,
            WeightTransform.class,
            WeightTransform.List.class,
            TransformWhen.class,
            OnSaveCheckpoint.class,
            OnLoadCheckpoint.class);

    /** A class by name, for an element is valid in its own round only. */
    private record Owner(String module, String name) implements Comparable<Owner> {
        private static final Comparator<Owner> ORDER =
                Comparator.comparing(Owner::module).thenComparing(Owner::name);

        @Override
        public int compareTo(Owner other) {
            return ORDER.compare(this, other);
        }
    }

    private final Set<Owner> waiting = new TreeSet<>();

    /** For the compiler. */
    public RivuletProcessor() {}

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return ANNOTATIONS.stream().map(Class::getCanonicalName).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        try {
            annotations.stream()
                    .flatMap(annotation -> round.getElementsAnnotatedWith(annotation).stream())
                    .flatMap(RivuletProcessor::declaringClass)
                    .map(this::owner)
                    .forEach(waiting::add);
            for (Owner owner : List.copyOf(waiting)) {
                process(owner);
            }
        } catch (RuntimeException e) {
            throw e;
        }
        return false;
    }

    private void process(Owner owner) {
        Elements elements = processingEnv.getElementUtils();
        TypeElement type = elements.getTypeElement(elements.getModuleElement(owner.module()), owner.name());
        if (type == null) {
            return;
        }
        Report report = new Report();
        try {
            Declarations declarations = DeclarationReader.read(type, report);
            report.printTo(processingEnv.getMessager());
            new RegistryWriter(processingEnv).write(declarations).writeTo(processingEnv.getFiler());
            waiting.remove(owner);
        } catch (Unresolved e) {
            // stays waiting
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The class that a declaration belongs to; none for local and anonymous classes, which no one could name. */
    private static Stream<TypeElement> declaringClass(Element element) {
        Element type = element instanceof TypeElement ? element : element.getEnclosingElement();
        return Stream.of(type)
                .filter(TypeElement.class::isInstance)
                .map(TypeElement.class::cast)
                .filter(each ->
                        each.getNestingKind() == NestingKind.TOP_LEVEL || each.getNestingKind() == NestingKind.MEMBER);
    }

    private Owner owner(TypeElement type) {
        ModuleElement module = processingEnv.getElementUtils().getModuleOf(type);
        return new Owner(
                module == null ? "" : module.getQualifiedName().toString(),
                type.getQualifiedName().toString());
    }
}
