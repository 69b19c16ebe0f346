package dev.rivulet.processor;

import java.util.List;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.util.Elements;

/**
 * Checks what a class declares. Each mistake is reported once, where it stands; what depends on a mistake is left alone.
 */
final class DeclarationCheck {
    private final Declarations declarations;
    private final Ancestry ancestry;
    private final Report report;
    private final Elements elements;
    private final ShapeCheck shape;

    DeclarationCheck(ProcessingEnvironment environment, Declarations declarations, Ancestry ancestry, Report report) {
        this.declarations = declarations;
        this.ancestry = ancestry;
        this.report = report;
        this.elements = environment.getElementUtils();
        this.shape = new ShapeCheck(elements, environment.getTypeUtils(), report);
    }

    /** The declarations that a registry can hold: all of them if nothing was reported. */
    Declarations check() {
        List<DeclaredStream> callableStreams =
                declarations.streams().stream().filter(shape::isCallable).toList();
        List<AnnotationUse> callableHooks = declarations.hooks().stream()
                .filter(shape::isCallable)
                .map(Hook::use)
                .toList();
        List<DeclaredStream> streams = new NameCheck(elements, declarations, ancestry, report).check();
        Scope scope = new Scope(streams, ancestry);
        new SourceCheck(scope, report).check(streams);
        new PolicyRulesCheck(report).check(streams);
        new FilesCheck(scope, report).check(streams);
        List<Hook> hooks = new HookCheck(elements, declarations, ancestry, scope, report).check();
        return new Declarations(
                declarations.owner(),
                streams.stream().filter(callableStreams::contains).toList(),
                hooks.stream()
                        .filter(hook -> callableHooks.contains(hook.use()))
                        .toList());
    }
}
