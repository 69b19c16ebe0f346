package dev.rivulet.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process that a test starts. It is killed on close, and after a time limit; its output then ends. Its standard error
 * is kept for messages of the test.
 *
 * <pre>{@code
 * try (ChildProcess run = ChildProcess.jvm(KilledRun.class, directory)) {
 *     String line = run.readLine();
 *     run.handle().destroyForcibly();
 * }
 * }</pre>
 */
public final class ChildProcess implements AutoCloseable {
    private static final int LIMIT_MINUTES = 10;

    private final Process process;
    private final Path errors;
    private final BufferedReader output;
    private final CompletableFuture<Process> exit;

    private ChildProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.exit = process.onExit().orTimeout(LIMIT_MINUTES, TimeUnit.MINUTES).whenComplete((ended, late) -> {
            if (late != null) {
                handle().destroyForcibly();
            }
        });
    }

    /** Starts a JVM with the class path of this one. */
    public static ChildProcess jvm(Class<?> main, Object... arguments) throws IOException {
        return jvm(List.of(), main, arguments);
    }

    /**
     * Starts a JVM with the class path of this one.
     *
     * @param options for the JVM
     */
    public static ChildProcess jvm(List<String> options, Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return start(command);
    }

    /** Starts a program. */
    public static ChildProcess start(List<String> command) throws IOException {
        Path errors = Files.createTempFile("child", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        return new ChildProcess(builder.start(), errors);
    }

    /** Reads the next line of standard output; null at the end. */
    public @Nullable String readLine() throws IOException {
        return output.readLine();
    }

    /**
     * Waits for the end of the process, which must succeed.
     *
     * @return the remaining lines of its output
     * @throws IOException if it fails
     */
    public List<String> toEnd() throws IOException {
        List<String> lines = output.lines().toList();
        if (exitStatus() != 0) {
            throw new IOException(this + " failed: " + String.join("\n", lines) + errors());
        }
        return lines;
    }

    /**
     * Waits for the end of the process. Its output must have been read, or fit into the pipe.
     *
     * @throws IOException if it was killed after the time limit
     */
    public int exitStatus() throws IOException {
        try {
            return exit.join().exitValue();
        } catch (CompletionException late) {
            throw new IOException(this + " has not ended in " + LIMIT_MINUTES + " minutes: " + errors(), late);
        }
    }

    /** Its standard error so far. */
    public String errors() throws IOException {
        return Files.readString(errors);
    }

    /** Sends signals. Unlike the methods of {@code Process}, those of its handle leave the output readable. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        Files.delete(errors);
    }

    @Override
    public String toString() {
        return process.info().commandLine().orElse("process " + process.pid());
    }
}
