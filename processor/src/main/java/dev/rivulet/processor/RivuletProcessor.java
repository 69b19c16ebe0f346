package dev.rivulet.processor;

import com.google.auto.service.AutoService;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic.Kind;

/**
 * Writes a callback registry for every class that declares checkpoint streams or hooks, and reports mistakes at their
 * positions. It claims no annotation and never throws an exception at the compiler.
 *
 * <p>Each registry has one originating element, its class, and depends only on what that class reaches, so that the
 * processor is isolating for incremental builds. Classes that need types of other processors wait for a later round.
 * Local and anonymous classes have no registry: compilers do not show them to processors.
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

    /** The stack frames that a bug report needs. */
    private static final int SHOWN_FRAMES = 8;

    private final Set<OwnerName> waiting = new TreeSet<>();

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
            processWaiting(annotations, round);
        } catch (RuntimeException bug) {
            String message = Diagnostic.PROCESSOR_BUG.message("this compilation", trace(bug));
            processingEnv.getMessager().printMessage(Kind.ERROR, message);
        }
        return false;
    }

    private void processWaiting(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        annotations.stream()
                .flatMap(annotation -> round.getElementsAnnotatedWith(annotation).stream())
                .flatMap(RivuletProcessor::declaringClass)
                .map(owner -> OwnerName.of(owner, processingEnv.getElementUtils()))
                .forEach(waiting::add);
        for (OwnerName name : List.copyOf(waiting)) {
            Optional<TypeElement> owner = name.find(processingEnv.getElementUtils());
            if (owner.isEmpty() || isDone(owner.get(), round)) {
                waiting.remove(name);
            }
        }
    }

    /** The class that a declaration belongs to; empty for a local or anonymous class, which other code cannot name. */
    private static Stream<TypeElement> declaringClass(Element element) {
        Element type = element instanceof TypeElement ? element : element.getEnclosingElement();
        return Stream.ofNullable(type)
                .filter(TypeElement.class::isInstance)
                .map(TypeElement.class::cast)
                .filter(each ->
                        each.getNestingKind() == NestingKind.TOP_LEVEL || each.getNestingKind() == NestingKind.MEMBER);
    }

    /** Processes a class; it is done unless it must wait for a later round. */
    private boolean isDone(TypeElement owner, RoundEnvironment round) {
        ErrorReporter reporter = new ErrorReporter();
        try {
            writeRegistry(owner, reporter);
        } catch (UnresolvedTypeException missing) {
            if (!round.processingOver()) {
                return false;
            }
            reportLeftover(missing, round, reporter);
        } catch (RuntimeException | IOException bug) {
            reporter.add(Diagnostic.PROCESSOR_BUG, Position.at(owner), MemberName.of(owner), trace(bug));
        }
        reporter.printTo(processingEnv.getMessager());
        return true;
    }

    /** A registry is written despite mistakes, so that they are not buried under errors about a missing registry. */
    private void writeRegistry(TypeElement owner, ErrorReporter reporter) throws IOException {
        Optional<TypeElement> companionOf = Kotlin.companionOf(owner);
        if (companionOf.isPresent()) {
            checkCompanion(owner, companionOf.get(), reporter);
            return;
        }
        InheritedDeclarations inherited = InheritedDeclarations.of(owner);
        Declarations declarations = DeclarationReader.read(owner, reporter);
        declarations.members().forEach(UnresolvedTypes::check);
        if (new OwnerCheck(processingEnv, owner, reporter).check()) {
            new ModuleCheck(processingEnv, reporter).check(owner);
            Declarations sound = new DeclarationCheck(processingEnv, declarations, inherited, reporter).check();
            new RegistryWriter(processingEnv).write(sound).writeTo(processingEnv.getFiler());
        }
    }

    /** The static methods that {@code @JvmStatic} makes of a companion's are declarations of the class around it. */
    private void checkCompanion(TypeElement companion, TypeElement outer, ErrorReporter reporter) {
        Declarations declarations = DeclarationReader.read(companion, new ErrorReporter());
        Set<Element> declaring = new LinkedHashSet<>(declarations.members());
        declarations.untransformed().forEach(stream -> declaring.add(stream.element()));
        declaring.stream()
                .filter(element -> !Kotlin.isJvmStatic(element, outer, processingEnv.getTypeUtils()))
                .forEach(element -> reporter.add(
                        Diagnostic.COMPANION_MEMBER,
                        Position.at(element),
                        MemberName.of(element),
                        MemberName.of(outer)));
    }

    /** In the last round the compiler reports what is missing, unless something stands in for it. */
    private static void reportLeftover(
            UnresolvedTypeException missing, RoundEnvironment round, ErrorReporter reporter) {
        if (!missing.reportedByCompiler() && !round.errorRaised()) {
            Element element = missing.element();
            reporter.add(Diagnostic.UNRESOLVED_TYPE, Position.at(element), MemberName.of(element), missing.missing());
        }
    }

    private static String trace(Exception bug) {
        return Stream.concat(Stream.of(bug), Arrays.stream(bug.getStackTrace()).limit(SHOWN_FRAMES))
                .map(Object::toString)
                .collect(Collectors.joining("\n    at "));
    }
}
