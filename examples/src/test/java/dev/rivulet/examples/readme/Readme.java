package dev.rivulet.examples.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The project's README: its code blocks. */
final class Readme {
    private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private final String text;

    private Readme(String text) {
        this.text = text;
    }

    /** Reads it from the directory above this module. */
    static Readme read() throws IOException {
        return new Readme(Files.readString(Path.of("..", "README.md")).replace("\r\n", "\n"));
    }

    /** The only block of a language that contains a string. */
    String block(String language, String content) {
        List<String> blocks = BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(MatchResult::group)
                .map(block -> block.substring(block.indexOf('\n') + 1, block.length() - "```".length()))
                .filter(block -> block.contains(content))
                .toList();
        if (blocks.size() != 1) {
            throw new AssertionError("README.md has " + blocks.size() + " blocks ```" + language + " with \"" + content
                    + "\" instead of one.");
        }
        return blocks.get(0);
    }
}
