package dev.rivulet.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Writes classes with random declarations that are right. Every annotated member logs its name and what it was given to
 * the list {@code Log.CALLS} of its package.
 */
final class RandomDeclarations {
    private static final List<String> VISIBILITY = List.of("", "protected ", "public ");
    private static final List<String> THROWN = List.of(
            "",
            " throws java.io.IOException",
            " throws Exception",
            " throws Throwable",
            " throws IllegalStateException");

    private final RandomGenerator random;
    private final List<String> streams = new ArrayList<>(List.of("original"));
    private final List<String> unconditional = new ArrayList<>();
    private final StringBuilder source = new StringBuilder();
    private int members;

    RandomDeclarations(RandomGenerator random) {
        this.random = random;
    }

    /** A compilation unit whose first type is {@code Log}; the names of its classes come from reflection. */
    static String write(String packageName, RandomGenerator random) {
        RandomDeclarations declarations = new RandomDeclarations(random);
        declarations.source.append("""
            package %s;
            import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;
            import dev.rivulet.annotations.*;
            class Log {
                static final java.util.List<String> CALLS = new java.util.ArrayList<>();
                static StateDict call(String member, Object... arguments) {
                    CALLS.add(member + java.util.Arrays.toString(arguments));
                    return null;
                }
            }
            class Field implements StatefulTransform {
                final String name;
                Field(String name) { this.name = name; }
                @Override public void update(StateDict weights, long globalStep) {}
                @Override public StateDict apply(StateDict weights, TransformContext context) {
                    return Log.call(name, weights, context);
                }
            }
            """.formatted(packageName));
        declarations.type("Module", "", "");
        if (random.nextBoolean()) {
            declarations.type("Submodule", " extends Module", "");
        }
        return declarations.source.toString();
    }

    private void type(String name, String superclass, String indent) {
        if (random.nextBoolean()) {
            line(indent, "@CheckpointStream(saveTopK = -1, monitor = \"m" + random.nextInt(9) + "\")");
        }
        if (random.nextInt(3) == 0) {
            String stream = newStream();
            line(
                    indent,
                    "@CheckpointStream(value = \"" + stream + "\", everyNEpochs = " + (1 + random.nextInt(9)) + ")");
        }
        boolean isStatic = !indent.isEmpty();
        line(indent, "@SuppressWarnings(\"NotAModule\")");
        line(indent, (isStatic ? "static " : "") + "class " + name + superclass + " {");
        int count = random.nextInt(7);
        for (int i = 0; i < count; i++) {
            member(indent + "    ");
        }
        if (!isStatic && random.nextInt(3) == 0) {
            // A nested class declares streams of its own, and knows none of the class around it.
            List<String> outer = List.copyOf(streams);
            List<String> outerUnconditional = List.copyOf(unconditional);
            streams.removeIf(stream -> !stream.equals("original"));
            unconditional.clear();
            type("Nested" + name, "", indent + "    ");
            streams.clear();
            streams.addAll(outer);
            unconditional.clear();
            unconditional.addAll(outerUnconditional);
        }
        line(indent, "}");
    }

    private void member(String indent) {
        String name = "m" + members++;
        String head = indent + pick(VISIBILITY);
        switch (random.nextInt(6)) {
            case 0, 1 -> method(indent, head, name);
            case 2 -> {
                transforms(indent);
                line(head, "final Field " + name + " = new Field(\"" + name + "\");");
            }
            case 3 -> {
                if (!unconditional.isEmpty()) {
                    String stream = unconditional.remove(random.nextInt(unconditional.size()));
                    line(indent, "@TransformWhen(\"" + stream + "\")");
                    body(head + pick(List.of("", "static ")), "boolean", name, "TransformContext c", "false");
                }
            }
            case 4 -> hook(indent, head, "OnSaveCheckpoint", name);
            default -> hook(indent, head, "OnLoadCheckpoint", name);
        }
    }

    private void method(String indent, String head, String name) {
        transforms(indent);
        if (random.nextInt(4) == 0) {
            line(indent, "@OnSaveCheckpoint");
        }
        String generic = random.nextInt(4) == 0 ? "<T> " : "";
        String parameters = random.nextBoolean() ? "StateDict w" : "StateDict w, TransformContext c";
        body(
                head + pick(List.of("", "static ", "final ", "synchronized ")) + generic,
                "StateDict",
                name,
                parameters,
                "null");
    }

    private void hook(String indent, String head, String annotation, String name) {
        String value = random.nextBoolean() ? "" : "({\"" + pick(streams) + "\", \"" + pick(streams) + "\"})";
        line(indent, "@" + annotation + value);
        body(head, "void", name, "Checkpoint c", "");
    }

    private void body(String head, String result, String name, String parameters, String value) {
        String arguments = parameters.replaceAll("\\w+ (\\w)", "$1");
        line(
                head,
                result + " " + name + "(" + parameters + ")" + pick(THROWN) + " { Log.call(\"" + name + "\", "
                        + arguments + "); return " + value + "; }");
    }

    private void transforms(String indent) {
        int count = random.nextInt(4) == 0 ? 2 : 1;
        for (int i = 0; i < count; i++) {
            String from = pick(streams);
            String stream = newStream();
            unconditional.add(stream);
            line(
                    indent,
                    "@WeightTransform(value = \"" + stream + "\", from = \"" + from + "\""
                            + pick(List.of("", ", strict = true", ", strict = false")) + ")");
            if (random.nextInt(3) == 0) {
                line(indent, "@CheckpointStream(value = \"" + stream + "\", dirpath = \"d" + random.nextInt(9) + "\")");
            }
        }
    }

    private String newStream() {
        String stream = pick(List.of("ema", "half.", "int8-", "Stream_", "9")) + "x" + members + "y" + streams.size();
        streams.add(stream);
        return stream;
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private void line(String indent, String code) {
        source.append(indent).append(code).append('\n');
    }
}
