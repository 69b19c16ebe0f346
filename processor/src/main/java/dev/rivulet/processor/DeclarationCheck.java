package dev.rivulet.processor;

import java.util.List;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.util.Elements;

/**
 * Checks what a class declares. Each mistake is reported once, at its position; what depends on a mistake is not
 * checked.
 */
final class DeclarationCheck {
    private final Declarations declarations;
    private final InheritedDeclarations inherited;
    private final ErrorReporter reporter;
    private final Elements elements;
    private final ShapeCheck shape;

    DeclarationCheck(
            ProcessingEnvironment environment,
            Declarations declarations,
            InheritedDeclarations inherited,
            ErrorReporter reporter) {
        this.declarations = declarations;
        this.inherited = inherited;
        this.reporter = reporter;
        this.elements = environment.getElementUtils();
        this.shape = new ShapeCheck(elements, environment.getTypeUtils(), reporter);
    }

    /** The declarations that a registry can hold: all if nothing was reported. */
    Declarations check() {
        List<DeclaredStream> callableStreams =
                declarations.streams().stream().filter(shape::isCallable).toList();
        List<AnnotationUse> callableHooks = declarations.hooks().stream()
                .filter(shape::isCallable)
                .map(Hook::use)
                .toList();
        List<DeclaredStream> streams = new NameCheck(elements, declarations, inherited, reporter).check();
        VisibleStreams visible = new VisibleStreams(streams, inherited);
        new SourceCheck(visible, reporter).check(streams);
        new PolicyRulesCheck(reporter).check(streams);
        new FilesCheck(visible, reporter).check(streams);
        List<Hook> hooks = new HookCheck(elements, declarations, inherited, visible, reporter).check();
        return new Declarations(
                declarations.owner(),
                streams.stream().filter(callableStreams::contains).toList(),
                hooks.stream()
                        .filter(hook -> callableHooks.contains(hook.use()))
                        .toList());
    }
}
