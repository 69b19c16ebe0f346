package dev.rivulet.processor;

import java.util.Locale;

/**
 * Every mistake that the processor reports, apart from those of {@link dev.rivulet.policy.PolicyRule}. A message is the
 * id in brackets, what is wrong, and the remedy; placeholders such as {@code %1$s} stand for what the check fills in.
 */
enum Diagnostic {
    DUPLICATE_TRANSFORM(
            "DuplicateTransform",
            "The stream \"%1$s\" is declared already, by %2$s.",
            "Give one of them another name, or override that method to replace its declaration."),
    DUPLICATE_POLICY(
            "DuplicatePolicy",
            "The stream \"%1$s\" has a @CheckpointStream already.",
            "Keep one of them; another stream of the untransformed weights needs a value, its name."),
    NEAR_DUPLICATE_NAME(
            "NearDuplicateName",
            "The name \"%1$s\" is too similar to \"%2$s\": they differ only in case or the characters . _ -.",
            "Choose names that users and file systems can distinguish."),
    RESERVED_STREAM_NAME(
            "ReservedStreamName",
            "\"%1$s\" is the stream of the untransformed weights, which every run has.",
            "Give the transform's stream another name."),
    ILLEGAL_STREAM_NAME("IllegalStreamName", "%1$s", ""),
    UNKNOWN_STREAM("UnknownStream", "The stream \"%1$s\" is unknown here.", "%2$s"),
    SOURCE_CYCLE(
            "SourceCycle",
            "The streams take their weights from each other in a cycle: %1$s.",
            "Let one of them take its weights from \"original\"."),
    WRONG_SIGNATURE("WrongSignature", "%1$s cannot be called as @%2$s.", "Write it as %3$s."),
    GENERIC_SIGNATURE(
            "GenericSignature",
            "The signature of %1$s uses the type variable %2$s, which the call does not determine.",
            "Write it as %3$s."),
    PRIVATE_MEMBER("PrivateMember", "%1$s is private, and the generated registry cannot reach it.", "%2$s"),
    PRIVATE_CLASS("PrivateClass", "%1$s is private, and the generated registry of %2$s cannot reach it.", "%3$s"),
    UNSUPPORTED_OWNER(
            "UnsupportedOwner",
            "%1$s is an annotation type and cannot be a module.",
            "Declare streams in a class, record, enum or interface."),
    FIELD_NOT_TRANSFORM(
            "FieldNotTransform",
            "The field %1$s has the type %2$s, which is not a StatefulTransform.",
            "Let the type implement " + RuntimeTypes.STATEFUL_TRANSFORM + ", or put @WeightTransform on a method."),
    STATIC_TRANSFORM_FIELD(
            "StaticTransformField",
            "The field %1$s is static, so all modules in the JVM would share its state.",
            "%2$s"),
    COMPANION_MEMBER(
            "CompanionMember",
            "%1$s belongs to a companion object, and no fit asks that for streams.",
            "Annotate the function with @JvmStatic, which makes it one of %2$s, or move the declaration there."),
    POLICY_WITHOUT_TRANSFORM(
            "PolicyWithoutTransform",
            "@CheckpointStream on %1$s does not belong to a transform.",
            "Add @WeightTransform, or move it to the class for a stream of the untransformed weights."),
    AMBIGUOUS_POLICY(
            "AmbiguousPolicy",
            "There are several transforms, and @CheckpointStream does not name the one that it belongs to.",
            "Give it a value, one of %1$s."),
    MISPLACED_POLICY(
            "MisplacedPolicy",
            "The stream \"%1$s\" is derived by %2$s, and @CheckpointStream on a class is for untransformed weights.",
            "Put it next to that @WeightTransform; to change an inherited stream, override its method and repeat both,"
                    + " or use Trainer.builder().stream(\"%1$s\", …)."),
    SAME_FILES(
            "SameFiles",
            "The streams \"%1$s\" and \"%2$s\" would both write \"%3$s\".",
            "Give them different file names or a dirpath each."),
    DUPLICATE_CONDITION(
            "DuplicateCondition",
            "The stream \"%1$s\" has a condition already, %2$s.",
            "Combine the two in one method."),
    UNUSED_CONDITION("UnusedCondition", "%1$s has no effect: %2$s.", "%3$s"),
    OVERRIDE_DIFFERS(
            "OverrideDiffers",
            "%1$s overrides %2$s, which remains in effect for %3$s, but names %4$s.",
            "Name the same streams, leave the annotation out to inherit it, or give the method another name."),
    NOT_A_MODULE(
            "NotAModule",
            "%1$s is not a LightningModule, and a fit finds the declarations of its module alone.",
            "Extend " + RuntimeTypes.LIGHTNING_MODULE + ", or move the declarations to the module or an interface that"
                    + " it implements; @SuppressWarnings(\"NotAModule\") if the class is meant for other uses."),
    REGISTRY_NAME_TAKEN(
            "RegistryNameTaken",
            "The registry of %1$s would be called %2$s, and that name belongs to %3$s.",
            "Rename one of the classes."),
    UNRESOLVED_TYPE(
            "UnresolvedType",
            "%1$s needs the type %2$s, which no annotation processor has generated.",
            "Check that the type exists, or that its generator runs in this compilation."),
    RUNTIME_MISSING(
            "RuntimeMissing",
            "%1$s declares streams, but " + RuntimeTypes.CALLBACK_REGISTRY + " is not visible to it.",
            "Add the dependency dev.rivulet:rivulet-runtime, and in a named module \"requires dev.rivulet\"."),
    SOURCE_LEVEL(
            "SourceLevel",
            "%1$s declares streams, which needs Java 17, but is compiled as Java %2$s.",
            "Compile with --release 17 or later: in Maven set the property maven.compiler.release,"
                    + " in Gradle java.sourceCompatibility."),
    PROCESSOR_BUG(
            "ProcessorBug",
            "The processor failed on %1$s. This is a bug, please report it with this message: %2$s",
            "");

    private final String id;
    private final String format;

    Diagnostic(String id, String problem, String remedy) {
        this.id = id;
        this.format = remedy.isEmpty() ? problem : problem + " " + remedy;
    }

    /** The stable id, such as {@code DuplicateTransform}. */
    String id() {
        return id;
    }

    /** The whole message. */
    String message(Object... details) {
        return "[" + id + "] " + String.format(Locale.ROOT, format, details);
    }
}
