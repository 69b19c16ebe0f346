package dev.rivulet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Thrown when a checkpoint's tensors are not those of the model that is to be filled. */
public final class ArchitectureMismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 5;

    private ArchitectureMismatchException(String message) {
        super(message);
    }

    /** Refuses a file unless its tensors are exactly the expected ones. */
    static void check(Path file, Map<String, TensorKind> expected, Map<String, TensorKind> found) {
        List<String> differences = new ArrayList<>();
        expected.forEach((name, kind) -> {
            TensorKind other = found.get(name);
            if (other == null) {
                differences.add(name + " is missing");
            } else if (!kind.takes(other)) {
                differences.add(name + " is " + other + " in the file, " + kind + " in the model");
            }
        });
        found.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> differences.add(name + " is not in the model"));
        if (!differences.isEmpty()) {
            throw new ArchitectureMismatchException(file + " does not fit the model:\n  "
                    + String.join("\n  ", differences.subList(0, Math.min(SHOWN, differences.size())))
                    + (differences.size() > SHOWN ? "\n  and " + (differences.size() - SHOWN) + " more." : ""));
        }
    }

    /** For a file that has different tensors where the model has one parameter. */
    static ArchitectureMismatchException untied(Path file, String name, String alias) {
        return new ArchitectureMismatchException(file + " does not fit the model:\n  " + name + " and " + alias
                + " differ in the file, but are one parameter in the model");
    }
}
