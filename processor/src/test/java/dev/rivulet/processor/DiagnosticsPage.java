package dev.rivulet.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The page {@code docs/diagnostics.md}: under each id, the code blocks of a wrong and of a right example. */
final class DiagnosticsPage {
    private static final Path PAGE = Path.of("../docs/diagnostics.md");
    private static final Pattern SECTION = Pattern.compile("(?ms)^### (\\w+)\\n(.*?)(?=^##|\\z)");
    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^(Wrong|Right)[^\\n]*:\\n```java\\n(.*?)^```");

    private DiagnosticsPage() {}

    /**
     * An example.
     *
     * @param id the heading above it
     * @param wrong whether it is the wrong one
     */
    record Example(String id, boolean wrong, String code) {

        /** The marked position, as {@code id line:column}; the line counts one line of header. */
        List<String> marked() {
            List<String> lines = code.lines().toList();
            List<String> marked = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                int caret = lines.get(i).indexOf('^');
                Matcher mark = Pattern.compile("//.*\\^ \\[(\\w+)]").matcher(lines.get(i));
                if (mark.find()) {
                    marked.add(mark.group(1) + " " + (i + 1) + ":" + (caret + 1));
                }
            }
            return marked;
        }

        @Override
        public String toString() {
            return (wrong ? "wrong " : "right ") + id;
        }
    }

    /** The headings that are ids. */
    static List<String> ids() {
        return sections().map(section -> section.group(1)).toList();
    }

    static List<Example> examples() {
        return sections()
                .flatMap(section -> EXAMPLE.matcher(section.group(2))
                        .results()
                        .map(example ->
                                new Example(section.group(1), example.group(1).equals("Wrong"), example.group(2))))
                .toList();
    }

    private static Stream<MatchResult> sections() {
        try {
            return SECTION.matcher(Files.readString(PAGE)).results();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
