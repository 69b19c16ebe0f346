package dev.rivulet.benchmarks;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What can be measured on its own, in the order of the page. */
enum Part {
    LOOP("The loop's own cost per step"),
    OPTIMIZERS("What an optimizer's step takes"),
    DISPATCH("Calling a transform"),
    COMPILE("Compile time per annotated class"),
    BLOCKING("How long a save event holds training up"),
    MEMORY("Memory of save events"),
    WRITING("Durable writes"),
    FORMATS("Writing a `.ckpt`"),
    LOADING("Loading with verification"),
    RESUMING("Going on from a checkpoint"),
    TRAINING("What saving costs a training run"),
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
     * Measures, and tells of it in Markdown.
     *
     * @param python an interpreter for what is compared with; empty for none
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
     * Reads a choice of parts.
     *
     * @param names names with commas between, {@code engine} for all of the checkpoint engine, {@code all}
     * @throws IllegalArgumentException if there is no part of a name
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
                .orElseThrow(() -> new IllegalArgumentException("There is no benchmark \"" + name + "\", only "
                        + List.of(values()).toString().toLowerCase(Locale.ROOT) + ", " + ENGINE + " and " + ALL + "."));
    }
}
