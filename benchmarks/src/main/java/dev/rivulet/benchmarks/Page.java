package dev.rivulet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** The page of results: one section for each part. A run replaces the sections of what it measured. */
final class Page {
    private static final String HEADING = "## ";
    private static final String INTRODUCTION = """
            # Benchmarks

            Written by `mvn -q -pl benchmarks -am compile exec:exec@benchmarks`; a property chooses what is measured, such as
            `-Dbenchmarks=engine` or `-Dbenchmarks=writing,loading`, and the other sections stay as they are. With
            `-Dlightning.python=` and an interpreter that has torch, safetensors and pytorch-lightning, theirs is measured in
            the same run. Medians of runs that take turns with what they are compared with; libtorch has one thread. Machines
            differ and drift; read ratios and differences, not absolute figures.

            """;

    private final Path file;
    private final Map<Part, String> sections = new EnumMap<>(Part.class);

    private Page(Path file) {
        this.file = file;
    }

    /** A page as it was written last; an empty one if there is none. */
    static Page read(Path file) throws IOException {
        Page page = new Page(file);
        String text = Files.exists(file) ? Files.readString(file) : "";
        for (String section : text.split("(?m)^" + HEADING, -1)) {
            for (Part part : Part.values()) {
                if (section.startsWith(part.heading() + "\n")) {
                    page.put(part, section.substring(part.heading().length()).strip());
                }
            }
        }
        return page;
    }

    /** Replaces a section. */
    void put(Part part, String text) {
        sections.put(part, text);
    }

    /** Writes all sections. */
    void write() throws IOException {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        sections.forEach((part, section) -> text.append(HEADING)
                .append(part.heading())
                .append("\n\n")
                .append(section.strip())
                .append("\n\n"));
        Files.writeString(file, text.toString().stripTrailing() + "\n");
    }
}
