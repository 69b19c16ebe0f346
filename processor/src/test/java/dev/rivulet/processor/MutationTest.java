package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.annotation.processing.Processor;
import javax.lang.model.SourceVersion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Deletes, doubles and swaps tokens of sources that are right, and compiles what comes of it. However broken a source is,
 * the processor throws nothing, the compiler ends, and its own messages are not buried under the processor's.
 */
@Tag("slow")
class MutationTest {
    private static final int MUTANTS = Seed.scaled(2_000);

    /**
     * Messages of the processor beside errors of the compiler. The worst is a broken import of an annotation: javac hides
     * such annotations from processors, so that all that names their streams is wrong.
     */
    private static final int MOST_MESSAGES = 8;

    /** One in so many mutants that javac and the processor accept is compiled with its registry. */
    private static final int THOROUGH = 10;

    private static final Pattern TOKEN =
            Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|[\\p{L}\\p{N}_$]+|//[^\n]*|/\\*.*?\\*/|\\s+|.", Pattern.DOTALL);

    private final RandomGenerator random = Seed.generator("mutation");

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void noMutantMakesTheProcessorFailOrDrownTheCompiler() throws IOException {
        List<Path> folders = GoldenTest.folders();
        int read = 0;
        int reported = 0;
        for (int i = 0; i < MUTANTS; i++) {
            List<String> mutant = mutant(folders.get(random.nextInt(folders.size())));
            Supplier<String> hint = () -> Seed.hint() + "\n" + String.join("\n// ----\n", mutant);
            Compiled processed = compile(mutant, "-proc:only", new RivuletProcessor());
            assertThat(processed.messages()).as(hint).doesNotContain("ProcessorBug", "uncaught exception");
            read += processed.generated().isEmpty() ? 0 : 1;
            if (!processed.ids().isEmpty()) {
                reported++;
                if (!compile(mutant, "-proc:none").succeeded()) {
                    assertThat(processed.ids()).as(hint).hasSizeLessThanOrEqualTo(MOST_MESSAGES);
                }
            } else if (i % THOROUGH == 0 && compile(mutant, "-proc:none").succeeded()) {
                Compiled compiled = compile(mutant, "-Xlint:none", new RivuletProcessor());
                assertThat(compiled.errors())
                        .as(() -> hint.get() + "\n" + compiled.messages())
                        .isZero();
            }
        }
        // The mutants must be neither all harmless nor all beyond the processor.
        assertThat(read).as(Seed.hint()).isGreaterThan(MUTANTS / 10);
        assertThat(reported).as(Seed.hint()).isGreaterThan(MUTANTS / 100);
    }

    private static Compiled compile(List<String> sources, String option, Processor... processors) {
        return Compilation.javac()
                .options("-Xlint:none", option)
                .processors(processors)
                .compile(sources.toArray(String[]::new));
    }

    private List<String> mutant(Path folder) throws IOException {
        List<String> sources = new ArrayList<>();
        for (Source source : GoldenTest.sources(folder)) {
            sources.add(source.getCharContent(true).toString());
        }
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int changed = random.nextInt(sources.size());
            sources.set(changed, mutate(sources.get(changed)));
        }
        return sources;
    }

    private String mutate(String source) {
        List<String> tokens = new ArrayList<>(
                TOKEN.matcher(source).results().map(MatchResult::group).toList());
        int at = token(tokens);
        switch (random.nextInt(8)) {
            case 0 -> tokens.remove(at);
            case 1 -> tokens.add(at, tokens.get(at) + " ");
            case 2 -> Collections.swap(tokens, at, token(tokens));
            case 3 -> Collections.swap(tokens, at, tokenLike(tokens, at));
            default -> tokens.set(at, tokens.get(tokenLike(tokens, at)));
        }
        return String.join("", tokens);
    }

    /** The place of a token that is neither space nor, as a rule, in the imports, whose mutants are much alike. */
    private int token(List<String> tokens) {
        int body = random.nextInt(10) == 0 ? 0 : Math.max(0, tokens.lastIndexOf("import"));
        int at = body + random.nextInt(tokens.size() - body);
        return tokens.get(at).isBlank() ? token(tokens) : at;
    }

    /** The place of a token of the same kind; exchanging those leaves a source that can be parsed, as a rule. */
    private int tokenLike(List<String> tokens, int at) {
        int other = token(tokens);
        return kind(tokens.get(other)) == kind(tokens.get(at)) ? other : tokenLike(tokens, at);
    }

    private static char kind(String token) {
        char first = token.charAt(0);
        if (Character.isDigit(first)) {
            return '0';
        }
        if (Character.isJavaIdentifierStart(first)) {
            return SourceVersion.isName(token) ? 'a' : 'k';
        }
        return first;
    }
}
