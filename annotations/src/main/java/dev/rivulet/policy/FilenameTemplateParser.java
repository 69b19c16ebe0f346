package dev.rivulet.policy;

import dev.rivulet.policy.FilenameTemplate.Field;
import dev.rivulet.policy.FilenameTemplate.Literal;
import dev.rivulet.policy.FilenameTemplate.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a file-name template from left to right; every failure names the position and what to write instead. */
final class FilenameTemplateParser {
    private final String template;
    private final FilenameStyle style;
    private final Set<String> integers;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int position;

    FilenameTemplateParser(String template, FilenameStyle style, Set<String> integers) {
        this.template = template;
        this.style = style;
        this.integers = integers;
    }

    List<Part> parse() {
        if (template.isEmpty()) {
            throw problem(0, "the template is empty; write a name such as \"{epoch}" + style.join() + "{step}\".");
        }
        while (position < template.length()) {
            char character = template.charAt(position);
            if (character == '}') {
                throw problem(position, "'}' has no matching '{'; braces enclose names of metrics only.");
            }
            if (character == '{') {
                field();
            } else {
                literal.append(character);
                position++;
            }
        }
        endLiteral();
        return parts;
    }

    private void field() {
        int open = position;
        int close = template.indexOf('}', open);
        int nested = template.indexOf('{', open + 1);
        if (nested >= 0 && (close < 0 || nested < close)) {
            throw problem(nested, "'{' is inside braces; neither \"{{\" nor a format within a format is supported.");
        }
        if (close < 0) {
            throw problem(open, "this '{' is never closed; write '}' after the name or format.");
        }
        int colon = template.indexOf(':', open);
        int nameEnd = colon >= 0 && colon < close ? colon : close;
        String metric = template.substring(open + 1, nameEnd);
        checkName(metric, open + 1);
        FormatSpec spec = spec(metric, nameEnd == close ? close : nameEnd + 1, close);
        if (style.autoInsertMetricName()) {
            literal.append(metric).append(style.equals());
        }
        endLiteral();
        parts.add(new Field(metric, spec, integers.contains(metric)));
        position = close + 1;
    }

    private void checkName(String metric, int at) {
        if (metric.isEmpty()) {
            throw problem(at, "the name of a metric is missing in the braces; write one such as \"{epoch}\".");
        }
        if (metric.indexOf(']') >= 0 || metric.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw problem(
                    at, "\"" + metric + "\" cannot be read as the name of a metric; write the name that is logged.");
        }
    }

    private FormatSpec spec(String metric, int start, int end) {
        FormatSpec spec;
        try {
            spec = FormatSpec.parse(template.substring(start, end));
        } catch (TemplateSyntaxException malformed) {
            throw malformed.within(template, start);
        }
        Optional<String> refusal = integers.contains(metric) ? spec.refusalOfIntegers() : spec.refusalOfFloats();
        if (refusal.isPresent()) {
            throw problem(start, "\"" + metric + "\": " + refusal.get());
        }
        if (spec.isCharacter() || spec.fill() == '/' || spec.fill() == '\\' || Character.isISOControl(spec.fill())) {
            throw problem(start, "this format may give '/' or a control character; write digits, such as \"02d\".");
        }
        return spec;
    }

    private void endLiteral() {
        if (!literal.isEmpty()) {
            parts.add(new Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private TemplateSyntaxException problem(int at, String problem) {
        return new TemplateSyntaxException(template, at, problem);
    }
}
