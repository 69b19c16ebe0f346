package dev.rivulet.processor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/**
 * The outcome of a compilation.
 *
 * @param diagnostics what the compiler and its processors reported, in order
 * @param generated sources written by processors, by qualified name
 * @param classes class files by binary name
 */
record Compiled(
        boolean succeeded,
        List<Diagnostic<? extends JavaFileObject>> diagnostics,
        Map<String, String> generated,
        Map<String, byte[]> classes) {

    /** What is reported with an id in brackets as {@code id line:column}; the compiler itself has no ids. */
    List<String> ids() {
        return diagnostics.stream()
                .filter(diagnostic -> message(diagnostic).matches("(?s)\\[\\w+] .*"))
                .map(diagnostic ->
                        id(diagnostic) + " " + diagnostic.getLineNumber() + ":" + diagnostic.getColumnNumber())
                .toList();
    }

    /** How many errors there are, those of the compiler itself included. */
    long errors() {
        return diagnostics.stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .count();
    }

    private static String id(Diagnostic<?> diagnostic) {
        String message = message(diagnostic);
        return message.substring(1, message.indexOf(']'));
    }

    private static String message(Diagnostic<?> diagnostic) {
        return diagnostic.getMessage(Locale.ROOT);
    }

    /** All messages, for assertions on them and for failures. */
    String messages() {
        return diagnostics.stream()
                .map(diagnostic -> diagnostic.getKind() + " " + diagnostic.getLineNumber() + ":"
                        + diagnostic.getColumnNumber() + " " + message(diagnostic))
                .collect(Collectors.joining("\n"));
    }

    /** Loads the classes next to those of the tests. */
    ClassLoader load() {
        return new MemoryClassLoader(classes, getClass().getClassLoader());
    }

    private static final class MemoryClassLoader extends ClassLoader {
        private final Map<String, byte[]> classes;

        MemoryClassLoader(Map<String, byte[]> classes, ClassLoader parent) {
            super(parent);
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
