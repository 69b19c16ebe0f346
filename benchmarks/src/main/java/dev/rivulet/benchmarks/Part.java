package dev.rivulet.benchmarks;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The parts that can be measured separately, in the order of the page. */
enum Part {
    LOOP("Overhead of the training loop per step"),
    OPTIMIZERS("Duration of an optimizer step"),
    DISPATCH("Calling a transform"),
    COMPILE("Compile time per annotated class"),
    BLOCKING("How long a save blocks training"),
    MEMORY("Memory used by saves"),
    WRITING("Durable writes"),
    FORMATS("Writing a `.ckpt`"),
    LOADING("Loading with verification"),
    RESUMING("Resuming from a checkpoint"),
    TRAINING("Cost of saving in a training run"),
    POLICY("Deciding whether a save is due");

    private static final String ALL = "all";
    private static final String ENGINE = "engine";

    private final String heading;

    Part(String heading) {
        this.heading = heading;
    }

    String heading() {
        return heading;
    }

    /**
     * Measures and returns the section in Markdown.
     *
     * @param python an interpreter for the comparison; empty for none
     */
    String measure(String python) throws Exception {
        return switch (this) {
            case LOOP -> FrameworkSections.loop(python);
            case OPTIMIZERS -> OptimizerSpeed.section(python);
            case DISPATCH -> FrameworkSections.dispatch();
            case COMPILE -> FrameworkSections.compile();
            case BLOCKING -> SaveBlocking.section();
            case MEMORY -> SaveMemory.section();
            case WRITING -> DurableWrites.section();
            case FORMATS -> FormatSpeed.section();
            case RESUMING -> ResumeSpeed.section();
            case LOADING -> LoadSpeed.section(python);
            case TRAINING -> SavingOverhead.section(python);
            case POLICY -> PolicyBenchmark.section();
        };
    }

    /**
     * Parses a selection of parts.
     *
     * @param names comma-separated names, {@code engine} for all parts of the checkpoint engine, or {@code all}
     * @throws IllegalArgumentException if a name is unknown
     */
    static Set<Part> choose(String names) {
        Set<Part> chosen = EnumSet.noneOf(Part.class);
        for (String name : names.split(",", -1)) {
            switch (name.strip()) {
                case ALL, "" -> chosen.addAll(EnumSet.allOf(Part.class));
                case ENGINE -> chosen.addAll(EnumSet.range(BLOCKING, POLICY));
                default -> chosen.add(named(name.strip()));
            }
        }
        return chosen;
    }

    private static Part named(String name) {
        return Arrays.stream(values())
                .filter(part -> part.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown benchmark \"" + name + "\"; choose from "
                        + List.of(values()).toString().toLowerCase(Locale.ROOT) + ", " + ENGINE + " and " + ALL + "."));
    }
}
