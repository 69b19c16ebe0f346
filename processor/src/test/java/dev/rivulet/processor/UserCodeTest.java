package dev.rivulet.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Registries compile without a warning of their own, whatever the declarations look like.
 * Some of the classes share a file with another one.
 */
class UserCodeTest {
    /** Types that a class may declare to throw; {@code X} is its type parameter. */
    private static final List<String> THROWN = List.of(
            "Throwable",
            "Exception",
            "Error",
            "java.io.IOException, java.sql.SQLException",
            "RuntimeException, Throwable",
            "InterruptedException",
            "Odd",
            "Hidden",
            "Old",
            "X");

    private static final List<String> BOUNDS =
            List.of("Throwable", "Exception", "Hidden", "X", "Throwable & Runnable", "Hidden & Runnable");

    /** Names that the registry, the Java library or the runtime use, too. */
    private static final List<String> NAMES = List.of(
            ("String Object Override Exception Throwable SuppressWarnings List Map LinkedHashMap Objects StateDict"
                            + " TransformContext StatefulTransform Checkpoint CheckpointStream StreamPolicy CallbackRegistry"
                            + " StreamDeclaration Execution RegistryGenerated Generated STREAMS A stream module weights"
                            + " context checkpoint transforms a c User$X $ User_Nested CallbackRegistry_")
                    .split(" "));

    private static final String THROWABLES = """
        @SuppressWarnings("serial") static class Odd extends Throwable {}
        @SuppressWarnings("serial") private static class Hidden extends Exception {}
        @Deprecated(forRemoval = true) @SuppressWarnings("serial") static class Old extends Exception {}
        """;

    private static final String ALL_KINDS = """
        @Deprecated @WeightTransform("a")
        public dev.rivulet.transform.StateDict a(dev.rivulet.transform.StateDict w) throws java.io.IOException { return w; }
        @WeightTransform(value = "b", from = "a")
        protected static dev.rivulet.transform.StateDict b(dev.rivulet.transform.StateDict w) { return w; }
        @WeightTransform("c") public dev.rivulet.transform.StatefulTransform c;
        @TransformWhen("a") protected boolean d(dev.rivulet.transform.TransformContext c) { return true; }
        @OnSaveCheckpoint protected void e(dev.rivulet.checkpoint.Checkpoint c) {}
        @OnLoadCheckpoint("b") protected static void f(dev.rivulet.checkpoint.Checkpoint c) {}
        """.replace("@W", "@dev.rivulet.annotations.W")
            .replace("@T", "@dev.rivulet.annotations.T")
            .replace("@On", "@dev.rivulet.annotations.On");

    private final List<Source> sources = new ArrayList<>();

    /** A module with these members, in a package of its own. */
    private void module(String members) {
        sources.add(Source.of("""
            package user%d;
            import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*; import dev.rivulet.annotations.*;
            import java.util.*;
            abstract class User<X extends java.util.concurrent.TimeoutException> extends dev.rivulet.LightningModule {
            %s
            }
            """.formatted(sources.size(), members)));
    }

    private void compileAll() {
        Compiled javac = Compilation.javac().compile(sources);
        assertThat(javac.messages()).isEmpty();
        assertThat(javac.generated()).isNotEmpty();
        Compiled ecj = Compilation.ecj().compile(sources);
        assertThat(ecj.succeeded()).as(ecj.messages()).isTrue();
        assertThat(warningsOfEcj(sources, ecj.generated())).isEmpty();
    }

    /**
     * What the Eclipse compiler would report in registries if they did not suppress all its warnings: its messages do
     * not name their file, so this is what it reports with the registries and not without.
     */
    static List<String> warningsOfEcj(List<Source> sources, Map<String, String> registries) {
        List<Source> unsuppressed = new ArrayList<>(sources);
        registries.forEach((name, code) ->
                unsuppressed.add(Source.named(name.replace('.', '/'), code.replace("\"all\"", "\"auxiliaryclass\""))));
        List<String> messages = messagesOfEcj(unsuppressed);
        messagesOfEcj(sources).forEach(messages::remove);
        return messages;
    }

    private static List<String> messagesOfEcj(List<Source> sources) {
        Compiled compiled = Compilation.ecj().processors().compile(sources);
        assertThat(compiled.succeeded()).as(compiled.messages()).isTrue();
        return new ArrayList<>(compiled.messages().lines().toList());
    }

    @Test
    void warningsOfTheEclipseCompilerAreSeen() {
        String user = "package user;\nclass User { java.util.List raw; }";
        String registry =
                "package user; @SuppressWarnings(\"all\") class Registry extends User { java.util.List other; }";
        assertThat(warningsOfEcj(List.of(Source.of(user)), Map.of("user.Registry", registry)))
                .singleElement()
                .asString()
                .contains("List is a raw type");
    }

    @Test
    void membersThrowAnything() {
        for (String thrown : THROWN) {
            module(THROWABLES + """
                @SuppressWarnings("removal") @WeightTransform("a") StateDict a(StateDict w) throws %1$s { return w; }
                @SuppressWarnings("removal") @TransformWhen("a") boolean b(TransformContext c) throws %1$s { return true; }
                @SuppressWarnings("removal") @OnSaveCheckpoint void c(Checkpoint c) throws %1$s {}
                @SuppressWarnings("removal") @OnLoadCheckpoint static void d(Checkpoint c) throws %2$s {}
                """.formatted(thrown, thrown.replace("X", "Exception")));
        }
        compileAll();
    }

    @Test
    void membersThrowTypeVariables() {
        for (String bound : BOUNDS) {
            module(THROWABLES + """
                @WeightTransform("a") <E extends %1$s> StateDict a(StateDict w) throws E { return w; }
                @TransformWhen("a") <E extends %1$s> boolean b(TransformContext c) throws E { return true; }
                @OnSaveCheckpoint <E extends %1$s> void c(Checkpoint c) throws E, java.io.IOException {}
                @OnLoadCheckpoint <E extends %1$s, F extends E> void d(Checkpoint c) throws F {}
                """.formatted(bound));
        }
        compileAll();
    }

    @Test
    void membersHaveAnyFormThatCanBeCalled() {
        Stream.of(
                        "<T, U extends List<? super T>> StateDict a(StateDict w) { return w; }",
                        "final synchronized StateDict a(StateDict w) { return w; }",
                        "StateDict a(User<X> this, StateDict w) { return w; }",
                        "StateDict a(final StateDict $, TransformContext _c) { return $; }",
                        "StateDict a$b(StateDict w) { return w; }",
                        "StateDict transform(StateDict w) { return w; } StateDict transform(Object w) { return null; }"
                                + "<T> T transform(T w, T c) { return w; }",
                        "final Average average = new Average(); class Average implements StatefulTransform {"
                                + " public void update(StateDict w, long s) {}"
                                + " public StateDict apply(StateDict w, TransformContext c) { return w; } }",
                        "final Average<? extends List<? super X>> average = new Average<>();"
                                + "private class Average<T> implements StatefulTransform {"
                                + " public void update(StateDict w, long s) {}"
                                + " public StateDict apply(StateDict w, TransformContext c) throws Hidden { return w; } }"
                                + THROWABLES,
                        "Both<?> average; interface Both<T> extends StatefulTransform, Comparable<T> {}",
                        "volatile Both<X[]> average; interface Both<T> extends StatefulTransform, Comparable<T> {}",
                        "@SuppressWarnings(\"deprecation\") @Deprecated Old average;"
                                + "@Deprecated interface Old extends StatefulTransform {"
                                + " @Deprecated(forRemoval = true) @Override"
                                + " StateDict apply(StateDict w, TransformContext c) throws Exception; }")
                .forEach(member -> module("@WeightTransform(\"1st\") " + member));
        compileAll();
    }

    @Test
    void membersAreDeprecated() {
        module("""
            @Deprecated @WeightTransform("a") StateDict a(StateDict w) { return w; }
            @Deprecated(forRemoval = true) @TransformWhen("a") static boolean b(TransformContext c) { return true; }
            @Deprecated @OnSaveCheckpoint("a") void c(Checkpoint c) {}
            @Deprecated(forRemoval = true) @OnLoadCheckpoint void d(Checkpoint c) {}
            """);
        compileAll();
    }

    @Test
    @Tag("slow")
    void classesHaveNamesThatTheRegistryUses() {
        for (String name : NAMES) {
            String module = "abstract %sclass %s extends dev.rivulet.LightningModule { %s %s }\n";
            for (String source : List.of(
                    module.formatted("", name, "", ALL_KINDS),
                    module.formatted("", "Outer", "static class " + name + " {}", ALL_KINDS),
                    "class Outer { static class " + name + " {} " + module.formatted("static ", "Inner", "", ALL_KINDS)
                            + "}",
                    "class " + name + " {" + module.formatted("static ", "Inner", "", ALL_KINDS) + "}",
                    "class " + name + " {}" + module.formatted("", "Other", "", ALL_KINDS))) {
                sources.add(Source.of("package user" + sources.size() + ".module;\n" + source));
            }
        }
        compileAll();
    }

    @Test
    void classesAreInTheUnnamedPackage() {
        sources.add(Source.of("class Object {} class String {} class Throwable {}\n"));
        sources.add(Source.of("abstract class User extends dev.rivulet.LightningModule {" + ALL_KINDS + "}"));
        compileAll();
    }

    @Test
    void classesInheritFromAnotherPackage() {
        String header = "import dev.rivulet.*; import dev.rivulet.checkpoint.*; import dev.rivulet.transform.*;"
                + "import dev.rivulet.annotations.*;\n";
        sources.add(Source.of("package base; " + header + "public abstract class User extends LightningModule {"
                + " public User() {} " + ALL_KINDS + "}"));
        sources.add(Source.of("package sub; " + header + """
            abstract class Sub extends base.User {
                @Override protected void e(Checkpoint c) {}
                @Override @Deprecated @WeightTransform("a") public StateDict a(StateDict w) { return w; }
                @WeightTransform(value = "x", from = "c") static StateDict x(StateDict w) { return w; }
                @TransformWhen({"x", "c"}) protected boolean y(TransformContext c) { return true; }
            }
            """));
        compileAll();
    }
}
