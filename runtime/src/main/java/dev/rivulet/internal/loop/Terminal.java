package dev.rivulet.internal.loop;

import java.io.Console;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Whether somebody is watching. */
public final class Terminal {
    private Terminal() {}

    /** Whether the process talks to a terminal rather than to a file or another process. */
    @SuppressWarnings("SystemConsoleNull") // Before JDK 22 null is the answer; what came with JDK 22 is asked below.
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
            throw new IllegalStateException("The console does not say whether it is a terminal.", e);
        }
    }
}
