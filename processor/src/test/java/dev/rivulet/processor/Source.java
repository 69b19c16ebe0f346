package dev.rivulet.processor;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.SimpleJavaFileObject;

/** A compilation unit in memory. */
final class Source extends SimpleJavaFileObject {
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^[a-z ]*?(?:class|interface|record|enum|@interface|module) ([\\w.$]+)");

    private final String code;

    private Source(String path, String code) {
        super(URI.create("memory:///" + path + Kind.SOURCE.extension), Kind.SOURCE);
        this.code = code;
    }

    /** A source whose file is named after its package and first type. */
    static Source of(String code) {
        if (code.contains("\nmodule ") || code.startsWith("module ")) {
            return new Source("module-info", code);
        }
        Matcher type = TYPE.matcher(code);
        String name = type.find() ? type.group(1) : "Nameless";
        Matcher packageName = PACKAGE.matcher(code);
        return new Source(packageName.find() ? packageName.group(1).replace('.', '/') + "/" + name : name, code);
    }

    /** A source of a given file name. */
    static Source named(String path, String code) {
        return new Source(path, code);
    }

    /** The path of the file below its source folder. */
    String path() {
        return toUri().getPath().substring(1);
    }

    /** The name of the type that the file is named after. */
    String qualifiedName() {
        String path = path();
        return path.substring(0, path.length() - Kind.SOURCE.extension.length()).replace('/', '.');
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
    }
}
