package dev.rivulet.processor;

import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.util.Elements;

/** Checks the streams that conditions and hooks name, and that an override does not change them. */
final class HookCheck {
    private final Elements elements;
    private final Declarations declarations;
    private final InheritedDeclarations inherited;
    private final VisibleStreams visible;
    private final ErrorReporter reporter;

    HookCheck(
            Elements elements,
            Declarations declarations,
            InheritedDeclarations inherited,
            VisibleStreams visible,
            ErrorReporter reporter) {
        this.elements = elements;
        this.declarations = declarations;
        this.inherited = inherited;
        this.visible = visible;
        this.reporter = reporter;
    }

    /** The methods to call, each for streams that exist. An override that repeats its annotation is called already. */
    List<Hook> check() {
        Map<String, Hook> conditions = new HashMap<>();
        inherited
                .hooks(HookKind.CONDITION)
                .forEach(hook -> hook.streamNames().forEach(name -> conditions.putIfAbsent(name, hook)));
        List<Hook> sound = new ArrayList<>();
        for (Hook hook : declarations.hooks()) {
            Optional<Hook> overridden = overridden(hook);
            if (overridden.isPresent()) {
                checkOverride(hook, overridden.get());
            } else if (hook.kind() == HookKind.CONDITION) {
                checkCondition(hook, conditions).ifPresent(sound::add);
            } else {
                checkHook(hook).ifPresent(sound::add);
            }
        }
        return List.copyOf(sound);
    }

    private Optional<Hook> overridden(Hook hook) {
        return inherited.hooks(hook.kind()).stream()
                .filter(other -> elements.overrides(hook.method(), other.method(), declarations.owner()))
                .findFirst();
    }

    private void checkOverride(Hook hook, Hook overridden) {
        if (!hook.streamNames().equals(overridden.streamNames())) {
            reporter.add(
                    Diagnostic.OVERRIDE_DIFFERS,
                    hook.use().at("value"),
                    MemberName.of(hook.method()),
                    MemberName.of(overridden.method()),
                    named(overridden),
                    named(hook));
        }
    }

    private static String named(Hook hook) {
        return hook.streams().isEmpty() ? "all streams" : Suggestion.list(hook.streamNames());
    }

    private Optional<Hook> checkHook(Hook hook) {
        List<AnnotationUse.Located> known = hook.streams().stream()
                .filter(stream -> visible.knows(stream.value(), stream.position(), reporter))
                .toList();
        // A hook all of whose streams are unknown must not become one for all streams.
        return known.isEmpty() && !hook.streams().isEmpty() ? Optional.empty() : Optional.of(hook.withStreams(known));
    }

    private Optional<Hook> checkCondition(Hook hook, Map<String, Hook> conditions) {
        if (hook.streams().isEmpty()) {
            unused(hook, hook.use().at("value"), "it does not name a stream", "Name one, or remove @TransformWhen.");
        }
        List<AnnotationUse.Located> asked = new ArrayList<>();
        for (AnnotationUse.Located stream : hook.streams()) {
            if (visible.knows(stream.value(), stream.position(), reporter) && isUsed(hook, stream)) {
                Hook first = conditions.putIfAbsent(stream.value(), hook);
                if (first == null) {
                    asked.add(stream);
                } else {
                    reporter.add(
                            Diagnostic.DUPLICATE_CONDITION,
                            stream.position(),
                            stream.value(),
                            MemberName.of(first.method()));
                }
            }
        }
        return asked.isEmpty() ? Optional.empty() : Optional.of(hook.withStreams(asked));
    }

    private boolean isUsed(Hook hook, AnnotationUse.Located stream) {
        Optional<DeclaredStream> declaration = visible.declaration(stream.value());
        if (declaration.filter(DeclaredStream::isDerived).isEmpty()) {
            String untransformed =
                    "the stream \"" + stream.value() + "\" is not derived, so its saves ask no condition";
            unused(hook, stream.position(), untransformed, "Name a derived stream.");
            return false;
        }
        if (declaration
                .flatMap(DeclaredStream::policy)
                .filter(HookCheck::neverSaves)
                .isPresent()) {
            String never = "the stream \"" + stream.value() + "\" never saves";
            unused(hook, stream.position(), never, "Change its policy so that it saves, or remove the condition.");
            return false;
        }
        return true;
    }

    private static boolean neverSaves(AnnotationUse use) {
        StreamPolicy.Builder builder = DeclaredPolicy.of(Optional.of(use)).toBuilder();
        return builder.violations().isEmpty() && builder.build().neverSaves();
    }

    private void unused(Hook hook, Position position, String why, String remedy) {
        reporter.add(Diagnostic.UNUSED_CONDITION, position, MemberName.of(hook.method()), why, remedy);
    }
}
