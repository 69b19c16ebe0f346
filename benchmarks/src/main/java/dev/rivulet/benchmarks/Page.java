package dev.rivulet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** The page of results with one section per part. A run replaces the sections that it measured. */
final class Page {
    private static final String HEADING = "## ";
    private static final String INTRODUCTION = """
        # Benchmarks

        What Rivulet costs, compared with hand-written code and other libraries. This command measures and writes the page:

        ```
        mvn -q -pl benchmarks -am compile exec:exec@benchmarks
        ```

        * `-Dbenchmarks=engine` or `-Dbenchmarks=writing,loading` selects parts; the other sections are kept.
        * `-Dlightning.python=` names a Python interpreter with torch, safetensors and pytorch-lightning, which are then
          measured in the same run.

        Figures are medians of runs that alternate with the runs they are compared with; libtorch uses one thread.
        Machines differ and drift, so read ratios and differences, not absolute figures.

        """;

    private final Path file;
    private final Map<Part, String> sections = new EnumMap<>(Part.class);

    private Page(Path file) {
        this.file = file;
    }

    /** Reads the last written page, or creates an empty one. */
    static Page read(Path file) throws IOException {
        Page page = new Page(file);
        String content = Files.exists(file) ? Files.readString(file) : "";
        for (String section : content.split("(?m)^" + HEADING, -1)) {
            for (Part part : Part.values()) {
                if (section.startsWith(part.heading() + "\n")) {
                    page.put(part, section.substring(part.heading().length()).strip());
                }
            }
        }
        return page;
    }

    /** Replaces a section. */
    void put(Part part, String section) {
        sections.put(part, section);
    }

    /** Writes all sections. */
    void write() throws IOException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        sections.forEach((part, section) -> page.append(HEADING)
                .append(part.heading())
                .append("\n\n")
                .append(section.strip())
                .append("\n\n"));
        Files.writeString(file, page.toString().stripTrailing() + "\n");
    }
}
