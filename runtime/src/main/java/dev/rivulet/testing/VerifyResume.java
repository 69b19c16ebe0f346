package dev.rivulet.testing;

import dev.rivulet.internal.store.FailureReason;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Runs a {@link ResumeVerifier} from the command line.
 *
 * <pre>{@code
 * java -cp … dev.rivulet.testing.VerifyResume com.example.DigitsVerification [step…]
 *
 * public final class DigitsVerification implements Supplier<ResumeVerifier> {
 *     public ResumeVerifier get() {
 *         return ResumeVerifier.of(() -> new DigitsModule(), () -> Trainer.builder().maxEpochs(2).seed(1), () ->
 *         train);
 *     }
 * }
 * }</pre>
 *
 * <p>Prints the report. The exit code is 0 if resuming is exact, 1 if it is not, 2 if it could not be verified.
 *
 * @since 0.1
 */
public final class VerifyResume {
    private static final int EXACT = 0;
    private static final int NOT_EXACT = 1;
    private static final int NOT_VERIFIED = 2;
    private static final String USAGE =
            "Usage: java -cp … dev.rivulet.testing.VerifyResume <class> [<step>…], where <class> implements"
                    + " Supplier<ResumeVerifier>, and the run is stopped after each <step>";

    private VerifyResume() {}

    /**
     * Runs the verification and ends the JVM.
     *
     * @param arguments name of a class with a public constructor without parameters, then steps to stop at
     */
    public static void main(String... arguments) {
        System.exit(run(arguments));
    }

    /** Runs the verification and returns the exit code. */
    static int run(String... arguments) {
        try {
            if (arguments.length == 0) {
                throw new IllegalArgumentException(USAGE);
            }
            ResumeVerifier verifier = verifier(arguments[0]);
            int[] steps = Arrays.stream(arguments, 1, arguments.length)
                    .mapToInt(VerifyResume::step)
                    .toArray();
            ResumeReport report = (steps.length == 0 ? verifier : verifier.stopAt(steps)).run();
            System.out.println(report);
            return report.isExact() ? EXACT : NOT_EXACT;
        } catch (IllegalArgumentException e) {
            System.err.println(FailureReason.message(e));
            return NOT_VERIFIED;
        } catch (RuntimeException | Error e) {
            // An uncaught error, such as a missing class, would end the JVM with 1, which means "not exact".
            e.printStackTrace();
            return NOT_VERIFIED;
        }
    }

    private static ResumeVerifier verifier(String className) {
        try {
            Constructor<?> constructor = Class.forName(className).getConstructor();
            if (constructor.newInstance() instanceof Supplier<?> supplier
                    && supplier.get() instanceof ResumeVerifier verifier) {
                return verifier;
            }
            throw new IllegalArgumentException(className + " is not a Supplier<ResumeVerifier>. " + USAGE);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException("The class " + className + " is not on the class path. " + USAGE, e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    className + " cannot be created: its constructor threw " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    className + " cannot be created: it and its constructor without parameters must be public. "
                            + USAGE,
                    e);
        }
    }

    private static int step(String argument) {
        try {
            return Integer.parseInt(argument);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + argument + "\" is not a step number. " + USAGE, e);
        }
    }
}
