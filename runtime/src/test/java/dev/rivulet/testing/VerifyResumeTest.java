package dev.rivulet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VerifyResumeTest {
    private final PrintStream console = System.out;
    private final PrintStream errors = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void captureOutput() {
        PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
    }

    @AfterEach
    void restoreOutput() {
        System.setOut(console);
        System.setErr(errors);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** A module that resumes. */
    public static final class Exact implements Supplier<ResumeVerifier> {
        @Override
        public ResumeVerifier get() {
            return ResumeVerifiers.exact();
        }
    }

    /** A module that does not resume. */
    public static final class Forgetful implements Supplier<ResumeVerifier> {
        @Override
        public ResumeVerifier get() {
            return ResumeVerifiers.forgetful();
        }
    }

    @Test
    void exitsWithZeroIfResumingIsExact() {
        assertThat(VerifyResume.run(Exact.class.getName())).as(printed()).isZero();
        assertThat(printed()).startsWith("Resuming is exact.");
    }

    @Test
    void exitsWithOneIfItIsNot() {
        assertThat(VerifyResume.run(Forgetful.class.getName(), "2")).isEqualTo(1);
        assertThat(printed()).startsWith("Resuming is NOT exact.").contains("stopped after step 2, differs");
    }

    /** A module with a missing class. */
    public static final class Incomplete implements Supplier<ResumeVerifier> {
        @Override
        public ResumeVerifier get() {
            throw new NoClassDefFoundError("com/example/Layer");
        }
    }

    @Test
    void exitsWithTwoIfAnErrorPreventsVerification() {
        assertThat(VerifyResume.run(Incomplete.class.getName())).isEqualTo(2);
        assertThat(printed()).startsWith("java.lang.NoClassDefFoundError: com/example/Layer");
    }

    @Test
    void exitsWithTwoAndTheReasonIfVerificationIsImpossible() {
        assertThat(VerifyResume.run()).isEqualTo(2);
        assertThat(VerifyResume.run("com.example.Nothing")).isEqualTo(2);
        assertThat(VerifyResume.run("java.lang.Object")).isEqualTo(2);
        assertThat(VerifyResume.run("java.lang.Integer")).isEqualTo(2);
        assertThat(VerifyResume.run(Exact.class.getName(), "two")).isEqualTo(2);
        assertThat(VerifyResume.run(Exact.class.getName(), "2000")).isEqualTo(2);

        assertThat(printed().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Usage: "),
                        line -> assertThat(line).startsWith("The class com.example.Nothing is not on the class path."),
                        line -> assertThat(line).startsWith("java.lang.Object is not a Supplier<ResumeVerifier>."),
                        line -> assertThat(line).startsWith("java.lang.Integer cannot be created"),
                        line -> assertThat(line).startsWith("\"two\" is not a step number."),
                        line -> assertThat(line).startsWith("stopAt(2000): the run has 4 optimizer steps"));
    }
}
