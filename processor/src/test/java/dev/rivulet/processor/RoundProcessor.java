package dev.rivulet.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

/** Another processor, which sees everything and runs an action of the test. */
final class RoundProcessor extends AbstractProcessor {
    private final Action action;
    private int rounds;

    RoundProcessor(Action action) {
        this.action = action;
    }

    /** What to do in a round; rounds are counted from 1. */
    interface Action {
        void run(ProcessingEnvironment environment, RoundEnvironment round, int number);
    }

    /** Generates a source in a round. */
    static RoundProcessor generating(int inRound, String name, String source) {
        return new RoundProcessor((environment, round, number) -> {
            if (number == inRound) {
                try (Writer writer =
                        environment.getFiler().createSourceFile(name).openWriter()) {
                    writer.write(source);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        action.run(processingEnv, round, ++rounds);
        return false;
    }
}
