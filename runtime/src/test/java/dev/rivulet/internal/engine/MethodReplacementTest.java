package dev.rivulet.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MethodReplacementTest {

    /** Has constants of one and of two entries, fields, other methods and an exception handler. */
    public static final class Greeter {
        private static final long LARGE = Long.MAX_VALUE;
        private static final double PRECISE = Math.E;
        String last = "";

        public String greet(String name, Object mark) {
            try {
                return "Hello, " + name + mark;
            } catch (RuntimeException e) {
                return name + LARGE + PRECISE;
            }
        }

        public void note(String text) {
            last = text;
        }

        public String greet(String name) {
            return greet(name, "!");
        }

        public static String join(String first, String second) {
            return first + second;
        }
    }

    /** What is called instead. */
    public static final class Replacements {
        public static Object noted = "";

        public static String greet(Greeter greeter, String name, Object mark) {
            return "Goodbye, " + name + mark;
        }

        public static void note(Greeter greeter, String text) {
            noted = text;
        }

        public static String join(String first, String second) {
            return second + first;
        }
    }

    /** Loads the edited class, and all others as usual. */
    private static final class Loader extends ClassLoader {
        private final byte[] edited;

        Loader(byte[] edited) {
            super(MethodReplacementTest.class.getClassLoader());
            this.edited = edited;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Greeter.class.getName())) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? defineClass(name, edited, 0, edited.length) : loaded;
            }
            if (name.equals(Replacements.class.getName())) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
            return super.loadClass(name, resolve);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try {
                byte[] bytes = bytes(Replacements.class);
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        String file = type.getName().substring(type.getPackageName().length() + 1) + ".class";
        try (InputStream in = Objects.requireNonNull(type.getResourceAsStream(file))) {
            return in.readAllBytes();
        }
    }

    private static byte[] replace(byte[] classFile, String method, String descriptor)
            throws NoSuchMethodException, IOException {
        String owner = Greeter.class.getName().replace('.', '/');
        return MethodReplacement.apply(classFile, owner, method, descriptor, Replacements.class);
    }

    @Test
    void callsTheStaticMethodInstead() throws Exception {
        byte[] edited =
                replace(bytes(Greeter.class), "greet", "(Ljava/lang/String;Ljava/lang/Object;)Ljava/lang/String;");
        edited = replace(edited, "note", "(Ljava/lang/String;)V");
        Class<?> type = new Loader(edited).loadClass(Greeter.class.getName());
        Object greeter = type.getConstructor().newInstance();

        Method overload = type.getMethod("greet", String.class);
        assertThat(overload.invoke(greeter, "Ada")).isEqualTo("Goodbye, Ada!");
        type.getMethod("note", String.class).invoke(greeter, "noted");

        Class<?> replacements = type.getClassLoader().loadClass(Replacements.class.getName());
        assertThat(replacements.getField("noted").get(null)).isEqualTo("noted");
    }

    @Test
    void replacesAStaticMethod() throws Exception {
        byte[] edited =
                replace(bytes(Greeter.class), "join", "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;");

        Class<?> type = new Loader(edited).loadClass(Greeter.class.getName());

        assertThat(type.getMethod("join", String.class, String.class).invoke(null, "a", "b"))
                .isEqualTo("ba");
    }

    @Test
    void refusesAMethodThatIsNotThere() {
        assertThatThrownBy(() -> replace(bytes(Greeter.class), "greet", "(Ljava/lang/Object;)Ljava/lang/String;"))
                .isInstanceOf(NoSuchMethodException.class)
                .hasMessageEndingWith("Greeter.greet(Ljava/lang/Object;)Ljava/lang/String;");
        assertThatThrownBy(() -> replace(bytes(Greeter.class), "absent", "()V"))
                .isInstanceOf(NoSuchMethodException.class);
    }
}
