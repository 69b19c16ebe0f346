package dev.rivulet.processor;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.NameAllocator;
import dev.rivulet.annotations.CheckpointStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/**
 * The names inside a registry: constants of streams, parameters of methods. None of them hides the simple name of the
 * declaring class, which may itself be {@code weights}.
 */
final class RegistryNames {

    private final Map<String, String> constants = new LinkedHashMap<>();
    private final NameAllocator allocator = new NameAllocator();

    RegistryNames(Declarations declarations) {
        for (Element type = declarations.owner(); type instanceof TypeElement; type = type.getEnclosingElement()) {
            allocator.newName(type.getSimpleName().toString(), type);
        }
        for (String role :
                new String[] {"STREAMS", "stream", "module", "weights", "context", "checkpoint", "transforms"}) {
            allocator.newName(role, role);
        }
        for (DeclaredStream stream : declarations.streams()) {
            constants.put(stream.name(), allocator.newName(constantCase(stream.name())));
        }
    }

    private static String constantCase(String stream) {
        if (stream.isEmpty()) {
            return "UNNAMED"; // A mistake that is reported; the registry is written anyway.
        }
        return stream.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
                .replaceAll("[^A-Za-z0-9]", "_")
                .toUpperCase(Locale.ROOT);
    }

    /** Name of the constant of a stream that the class itself declares. */
    String constant(String stream) {
        return Optional.ofNullable(constants.get(stream)).orElseThrow();
    }

    /** The name of any stream as an expression: its constant, otherwise a literal. */
    CodeBlock reference(String stream) {
        if (constants.containsKey(stream)) {
            return CodeBlock.of("$N", constant(stream));
        }
        return stream.equals(CheckpointStream.ORIGINAL)
                ? CodeBlock.of("$T.ORIGINAL", CheckpointStream.class)
                : CodeBlock.of("$S", stream);
    }

    /** The name of the constant that lists the streams. */
    String streams() {
        return allocator.get("STREAMS");
    }

    /** The name that a parameter or variable has in every method: usually {@code stream} for the parameter stream. */
    String parameter(String role) {
        return allocator.get(role);
    }
}
