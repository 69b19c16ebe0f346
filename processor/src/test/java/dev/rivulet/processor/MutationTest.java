package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Deletes, doubles and swaps tokens of sources that are right, and compiles what comes of it. However broken a source is,
 * the processor throws nothing, the compiler ends, and its own messages are not buried under the processor's.
 */
class MutationTest {
    private static final int MUTANTS = Integer.getInteger("mutants", 2_000);

    /** Messages of the processor beside errors of the compiler: one broken declaration may be named by several others. */
    private static final int MOST_MESSAGES = 5;

    private static final Pattern TOKEN =
            Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|[\\p{L}\\p{N}_$]+|//[^\n]*|/\\*.*?\\*/|\\s+|.", Pattern.DOTALL);

    private final RandomGenerator random = Seed.generator("mutation");

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void noMutantMakesTheProcessorFailOrDrownTheCompiler() throws IOException {
        List<Path> folders = GoldenTest.folders();
        int reported = 0;
        int rejected = 0;
        for (int i = 0; i < MUTANTS; i++) {
            List<String> mutant = mutant(folders.get(random.nextInt(folders.size())));
            Compiled compiled = compile(mutant, new RivuletProcessor());
            assertThat(compiled.messages())
                    .as(() -> Seed.hint() + "\n" + String.join("\n// ----\n", mutant))
                    .doesNotContain("ProcessorBug", "uncaught exception");
            List<String> ids = compiled.ids();
            if (ids.isEmpty()) {
                rejected += compiled.succeeded() ? 0 : 1;
            } else {
                reported++;
                if (!compile(mutant).succeeded()) {
                    rejected++;
                    assertThat(ids)
                            .as(() -> Seed.hint() + "\n" + String.join("\n// ----\n", mutant))
                            .hasSizeLessThanOrEqualTo(MOST_MESSAGES);
                }
            }
        }
        // The mutants must be neither all harmless nor all beyond the processor.
        assertThat(reported).as(Seed.hint()).isGreaterThan(MUTANTS / 100);
        assertThat(rejected).as(Seed.hint()).isGreaterThan(MUTANTS / 10);
    }

    private static Compiled compile(List<String> sources, javax.annotation.processing.Processor... processors) {
        return Compilation.javac()
                .options("-Xlint:none", processors.length == 0 ? "-proc:none" : "-Xdiags:compact")
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
                TOKEN.matcher(source).results().map(match -> match.group()).toList());
        int at = token(tokens);
        switch (random.nextInt(4)) {
            case 0 -> tokens.remove(at);
            case 1 -> tokens.add(at, tokens.get(at) + " ");
            case 2 -> java.util.Collections.swap(tokens, at, token(tokens));
            default -> tokens.set(at, tokens.get(token(tokens)));
        }
        return String.join("", tokens);
    }

    /** The place of a token that is neither space nor in the imports, in whose mutation little is to be learnt. */
    private int token(List<String> tokens) {
        int body = Math.max(0, tokens.lastIndexOf("import"));
        int at = body + random.nextInt(tokens.size() - body);
        return tokens.get(at).isBlank() ? token(tokens) : at;
    }
}
