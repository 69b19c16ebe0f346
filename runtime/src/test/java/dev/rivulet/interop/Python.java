package dev.rivulet.interop;

import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Python interpreter with which tests exchange files, if one is installed.
 *
 * <p>{@code -Drivulet.python=…} or the environment variable {@code RIVULET_PYTHON} names the interpreter; otherwise
 * {@code python3} is tried. Tests are skipped if modules are missing, but fail with
 * {@code -Drivulet.python.required=true}.
 */
public final class Python {
    private static final String INTERPRETER =
            System.getProperty("rivulet.python", System.getenv().getOrDefault("RIVULET_PYTHON", "python3"));

    /** Missing modules by the requested ones; each request is checked once. */
    private static final Map<String, String> LACKS = new ConcurrentHashMap<>();

    private Python() {}

    /** Skips the test if Python or one of these modules is missing; fails it if Python is required. */
    public static void assumeHas(String... modules) {
        String lacks = LACKS.computeIfAbsent(String.join(" ", modules), Python::lacks);
        if (!lacks.isEmpty()) {
            String message = INTERPRETER + " does not have " + lacks + "; name an interpreter that has it with"
                    + " -Drivulet.python=…";
            if (Boolean.getBoolean("rivulet.python.required")) {
                throw new AssertionError(message);
            }
            throw new MissingPythonException(message);
        }
    }

    /**
     * Runs a script of {@code src/test/python}.
     *
     * @return the lines of its output
     * @throws IOException if it fails, with its output
     */
    public static List<String> run(String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of("src/test/python", script).toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return call(command);
    }

    private static String lacks(String modules) {
        String question =
                "import importlib.util, sys; print(*[m for m in sys.argv[1:] if not importlib.util.find_spec(m)])";
        List<String> command = new ArrayList<>(List.of("-c", question));
        command.addAll(List.of(modules.split(" ")));
        try {
            return call(command).get(0).replace(" ", ", ");
        } catch (IOException e) {
            return modules.replace(" ", ", ");
        }
    }

    private static List<String> call(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(INTERPRETER));
        command.addAll(arguments);
        try (ChildProcess python = ChildProcess.start(command)) {
            return python.toEnd();
        }
    }
}
