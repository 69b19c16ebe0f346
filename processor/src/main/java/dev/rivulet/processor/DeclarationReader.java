package dev.rivulet.processor;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.WeightTransform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/** Reads what a class declares. The only mistakes that it reports are policies that do not belong to one transform. */
final class DeclarationReader {
    private final ErrorReporter reporter;
    private final List<DeclaredStream> streams = new ArrayList<>();
    private final List<Hook> hooks = new ArrayList<>();

    private DeclarationReader(ErrorReporter reporter) {
        this.reporter = reporter;
    }

    /**
     * Reads a class.
     *
     * @throws UnresolvedTypeException if an annotation cannot be read in this round
     */
    static Declarations read(TypeElement owner, ErrorReporter reporter) {
        DeclarationReader reader = new DeclarationReader(reporter);
        for (AnnotationUse policy : AnnotationUse.of(owner, CheckpointStream.class)) {
            reader.streams.add(DeclaredStream.untransformed(policy));
        }
        owner.getEnclosedElements().forEach(reader::readMember);
        return new Declarations(owner, List.copyOf(reader.streams), List.copyOf(reader.hooks));
    }

    private void readMember(Element member) {
        if (member instanceof TypeElement) {
            return;
        }
        List<AnnotationUse> transforms = AnnotationUse.of(member, WeightTransform.class);
        Map<Integer, AnnotationUse> policies = policies(member, transforms);
        for (int i = 0; i < transforms.size(); i++) {
            streams.add(DeclaredStream.derived(transforms.get(i), Optional.ofNullable(policies.get(i))));
        }
        for (HookKind kind : HookKind.values()) {
            // A transform takes part in saves anyway: @OnSaveCheckpoint on it has no effect.
            if (kind != HookKind.SAVE || transforms.isEmpty()) {
                for (AnnotationUse use : AnnotationUse.of(member, kind.annotation())) {
                    hooks.add(Hook.read(kind, use));
                }
            }
        }
    }

    /** The policies of a member's transforms, by the index of the transform. */
    private Map<Integer, AnnotationUse> policies(Element member, List<AnnotationUse> transforms) {
        List<String> names =
                transforms.stream().map(transform -> transform.string("value")).toList();
        Map<Integer, AnnotationUse> policies = new HashMap<>();
        for (AnnotationUse policy : AnnotationUse.of(member, CheckpointStream.class)) {
            indexOfTransform(policy, names).ifPresent(index -> {
                if (policies.putIfAbsent(index, policy) != null) {
                    reporter.add(Diagnostic.DUPLICATE_POLICY, policy.at("value"), names.get(index));
                }
            });
        }
        return policies;
    }

    private OptionalInt indexOfTransform(AnnotationUse policy, List<String> transforms) {
        String name = policy.string("value");
        if (transforms.isEmpty()) {
            reporter.add(Diagnostic.POLICY_WITHOUT_TRANSFORM, Position.at(policy), MemberName.of(policy.element()));
        } else if (name.isEmpty() && transforms.size() == 1) {
            return OptionalInt.of(0);
        } else if (name.isEmpty()) {
            reporter.add(Diagnostic.AMBIGUOUS_POLICY, Position.at(policy), Suggestion.list(transforms));
        } else if (transforms.contains(name)) {
            return OptionalInt.of(transforms.indexOf(name));
        } else {
            reporter.add(Diagnostic.UNKNOWN_STREAM, policy.at("value"), name, Suggestion.forName(name, transforms));
        }
        return OptionalInt.empty();
    }
}
