package dev.rivulet.policy;

import java.util.List;
import java.util.Set;

/**
 * A template of file names, such as {@code {epoch:02d}-{val_loss:.3f}}: names of metrics in braces, each with an
 * optional format of Python's mini-language.
 *
 * <pre>{@code
 * FilenameTemplate.parse("{epoch:02d}-{val_loss:.2f}").format(metrics);   // epoch=07-val_loss=0.12
 * }</pre>
 *
 * <p>The language is that of Lightning's {@code ModelCheckpoint}. {@code epoch} and {@code step} are integers, all
 * other metrics floating-point numbers; a metric without a value counts as integer 0. A {@code /} makes a folder. What
 * Lightning refuses when it saves, after an epoch of training, is refused here when the template is parsed, and so is
 * what may lead outside the directory.
 *
 * @since 0.1
 */
public final class FilenameTemplate {
    /** Name under which the epoch is known. */
    public static final String EPOCH = "epoch";

    /** Name under which the global step is known. */
    public static final String STEP = "step";

    private static final Set<String> INTEGERS = Set.of(EPOCH, STEP);

    private final String template;
    private final FilenameStyle style;
    private final List<Part> parts;

    private FilenameTemplate(String template, FilenameStyle style, List<Part> parts) {
        this.template = template;
        this.style = style;
        this.parts = List.copyOf(parts);
    }

    /**
     * Reads a template in Lightning's own style.
     *
     * @throws TemplateSyntaxException if it could not name a file
     */
    public static FilenameTemplate parse(String template) {
        return parse(template, FilenameStyle.DEFAULT);
    }

    /**
     * Reads a template.
     *
     * @throws TemplateSyntaxException if it could not name a file
     */
    public static FilenameTemplate parse(String template, FilenameStyle style) {
        return parse(template, style, INTEGERS);
    }

    /**
     * Reads a template for metrics of which some are integers.
     *
     * @param integers names of the metrics that are integers
     * @throws TemplateSyntaxException if it could not name a file
     */
    public static FilenameTemplate parse(String template, FilenameStyle style, Set<String> integers) {
        FilenameTemplate parsed =
                new FilenameTemplate(template, style, new FilenameTemplateParser(template, style, integers).parse());
        parsed.checkShape();
        return parsed;
    }

    /** With {@code 0} for every value: no value makes a part of a path empty, {@code .} or {@code ..}. */
    private void checkShape() {
        StringBuilder shape = new StringBuilder();
        parts.forEach(part -> shape.append(part instanceof Literal literal ? literal.characters : "0"));
        RelativeName.problem(shape.toString()).ifPresent(problem -> {
            throw new TemplateSyntaxException(template, 0, problem);
        });
    }

    /**
     * The name for these values, without extension.
     *
     * @param metrics values by name, {@link #EPOCH} and {@link #STEP} among them
     * @throws IllegalArgumentException if the name would lead outside the directory
     */
    public String format(MetricValues metrics) {
        StringBuilder name = new StringBuilder(2 * template.length());
        for (Part part : parts) {
            part.appendTo(name, metrics);
        }
        String result = name.toString();
        RelativeName.problem(result).ifPresent(problem -> {
            throw new IllegalArgumentException(
                    "The template \"" + template + "\" gives \"" + result + "\": " + problem);
        });
        return result;
    }

    /** The names of the metrics in braces, in order, repetitions included. */
    public List<String> metrics() {
        return parts.stream()
                .filter(Field.class::isInstance)
                .map(part -> ((Field) part).metric)
                .toList();
    }

    /** The style that the template was read with. */
    public FilenameStyle style() {
        return style;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FilenameTemplate that && parts.equals(that.parts) && style.equals(that.style);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    /** The template that was parsed. */
    @Override
    public String toString() {
        return template;
    }

    /** A piece of a template. */
    sealed interface Part {
        void appendTo(StringBuilder name, MetricValues metrics);
    }

    /** Characters that every name has. */
    record Literal(String characters) implements Part {
        @Override
        public void appendTo(StringBuilder name, MetricValues metrics) {
            name.append(characters);
        }
    }

    /** The position of a value. */
    record Field(String metric, FormatSpec spec, boolean integer) implements Part {
        @Override
        public void appendTo(StringBuilder name, MetricValues metrics) {
            name.append(value(metrics));
        }

        private String value(MetricValues metrics) {
            if (!metrics.has(metric)) {
                return spec.refusalOfIntegers().isEmpty() ? spec.format(0L) : spec.format(0.0);
            }
            double value = metrics.get(metric);
            return integer ? spec.format((long) value) : spec.format(value);
        }
    }
}
