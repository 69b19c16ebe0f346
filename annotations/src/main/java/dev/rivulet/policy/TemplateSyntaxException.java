package dev.rivulet.policy;

/**
 * Thrown where a file-name template or one of its formats cannot be read, or could never be applied.
 *
 * @since 0.1
 */
public final class TemplateSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String source;
    private final int position;
    private final String problem;

    TemplateSyntaxException(String source, int position, String problem) {
        super("\"" + source + "\", column " + (position + 1) + ": " + problem);
        this.source = source;
        this.position = position;
        this.problem = problem;
    }

    /** The same problem, located in the template that contains the format. */
    TemplateSyntaxException within(String template, int start) {
        TemplateSyntaxException located = new TemplateSyntaxException(template, start + position, problem);
        located.initCause(this);
        return located;
    }

    /** The template or format that was read. */
    public String source() {
        return source;
    }

    /** Index of the character at fault, from 0; the length of the source if something is missing at its end. */
    public int position() {
        return position;
    }

    /** What is wrong and what to write instead, without the source and the position. */
    public String problem() {
        return problem;
    }
}
