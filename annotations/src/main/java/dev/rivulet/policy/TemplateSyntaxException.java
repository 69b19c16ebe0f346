package dev.rivulet.policy;

/** Thrown where a file-name template or one of its formats cannot be read, or could never be applied. */
public final class TemplateSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String text;
    private final int position;
    private final String problem;

    TemplateSyntaxException(String text, int position, String problem) {
        super("\"" + text + "\", column " + (position + 1) + ": " + problem);
        this.text = text;
        this.position = position;
        this.problem = problem;
    }

    /** The same problem, seen in the template that the format stands in. */
    TemplateSyntaxException within(String template, int start) {
        TemplateSyntaxException located = new TemplateSyntaxException(template, start + position, problem);
        located.initCause(this);
        return located;
    }

    /** The text that was read. */
    public String text() {
        return text;
    }

    /** Index of the character at fault, from 0; the text's length if something is missing at its end. */
    public int position() {
        return position;
    }

    /** What is wrong and what to write instead, without the text and the place. */
    public String problem() {
        return problem;
    }
}
