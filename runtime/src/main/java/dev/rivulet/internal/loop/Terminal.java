package dev.rivulet.internal.loop;

import java.io.Console;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Detects an interactive terminal. */
public final class Terminal {
    private Terminal() {}

    /** Whether output goes to a terminal rather than to a file or another process. */
    @SuppressWarnings("SystemConsoleNull") // Before JDK 22, null means no terminal; later JDKs are asked below.
    public static boolean isPresent() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            MethodHandle isTerminal = MethodHandles.lookup()
                    .findVirtual(Console.class, "isTerminal", MethodType.methodType(boolean.class));
            return (boolean) isTerminal.invokeExact(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (Throwable e) {
            throw new IllegalStateException("Cannot determine whether the console is a terminal.", e);
        }
    }
}
