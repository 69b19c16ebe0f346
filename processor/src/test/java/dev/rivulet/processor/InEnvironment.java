package dev.rivulet.processor;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Filer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import org.jspecify.annotations.Nullable;

/** Runs the real processor in the compiler's environment with one part of it exchanged. */
final class InEnvironment extends AbstractProcessor {
    private final RivuletProcessor processor = new RivuletProcessor();
    private final UnaryOperator<Filer> filer;
    private final UnaryOperator<Elements> elements;

    private InEnvironment(UnaryOperator<Filer> filer, UnaryOperator<Elements> elements) {
        this.filer = filer;
        this.elements = elements;
    }

    static InEnvironment withFiler(UnaryOperator<Filer> filer) {
        return new InEnvironment(filer, UnaryOperator.identity());
    }

    static InEnvironment withElements(UnaryOperator<Elements> elements) {
        return new InEnvironment(UnaryOperator.identity(), elements);
    }

    /** Answers a call instead of the compiler. */
    interface Answer {
        @Nullable
        Object call(Method method, Object[] arguments, Call compiler) throws Throwable;
    }

    /** The call as the compiler would answer it. */
    interface Call {
        @Nullable
        Object proceed() throws Throwable;
    }

    /** A part of the environment of which an answer takes every call. */
    static <T> T answering(Class<T> type, T part, Answer answer) {
        InvocationHandler handler = (proxy, method, arguments) -> answer.call(method, arguments, () -> {
            try {
                return method.invoke(part, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public synchronized void init(ProcessingEnvironment environment) {
        super.init(environment);
        Filer exchangedFiler = filer.apply(environment.getFiler());
        Elements exchangedElements = elements.apply(environment.getElementUtils());
        processor.init(answering(
                ProcessingEnvironment.class, environment, (method, arguments, compiler) -> switch (method.getName()) {
                    case "getFiler" -> exchangedFiler;
                    case "getElementUtils" -> exchangedElements;
                    default -> compiler.proceed();
                }));
    }

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return processor.getSupportedAnnotationTypes();
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return processor.getSupportedSourceVersion();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        processor.process(annotations, round);
        return false;
    }
}
