package dev.rivulet.processor;

import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.StreamName;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks that no two streams write the same files. Whether two templates can give the same name is found by trying them
 * on values of few and of many digits, so that {@code {epoch:02d}} and {@code {epoch}} are found to overlap.
 */
final class FilesCheck {
    private static final List<MetricValues> SAMPLES =
            List.of(new Sample(3, 70), new Sample(48, 1_529), new Sample(617, 204_886));

    private final VisibleStreams visible;
    private final ErrorReporter reporter;

    FilesCheck(VisibleStreams visible, ErrorReporter reporter) {
        this.visible = visible;
        this.reporter = reporter;
    }

    /** Values that no two metrics share. */
    private record Sample(int epoch, int step) implements MetricValues {
        @Override
        public boolean has(String name) {
            return true;
        }

        @Override
        public double get(String name) {
            return switch (name) {
                case FilenameTemplate.EPOCH -> epoch;
                case FilenameTemplate.STEP -> step;
                default -> step + 1 / (2.0 + Math.floorMod(name.hashCode(), 1_000_003));
            };
        }
    }

    /** A stream's directory and template, as one path. */
    private record Files(String stream, String path, List<String> names) {
        static Optional<Files> of(String stream, Optional<AnnotationUse> declared) {
            StreamPolicy.Builder builder = DeclaredPolicy.of(declared).toBuilder();
            if (!builder.violations().isEmpty()) {
                return Optional.empty();
            }
            StreamPolicy policy = builder.build();
            String folder = policy.naming().folder();
            FilenameTemplate template = policy.filenameOf(stream);
            List<String> names = SAMPLES.stream()
                    .map(sample -> (folder + template.format(sample)).toLowerCase(Locale.ROOT))
                    .toList();
            return Optional.of(new Files(stream, folder + template, names));
        }

        /** Streams whose names clash are not compared: that mistake has a diagnostic of its own. */
        boolean overlaps(Files other) {
            if (StreamName.clashesWith(stream, other.stream)) {
                return false;
            }
            for (int i = 0; i < names.size(); i++) {
                if (names.get(i).equals(other.names.get(i))) {
                    return true;
                }
            }
            return false;
        }
    }

    void check(List<DeclaredStream> own) {
        List<String> names = own.stream().map(DeclaredStream::name).toList();
        List<Files> others = new ArrayList<>();
        for (String name : visible.names()) {
            if (!names.contains(name)) {
                Files.of(name, visible.declaration(name).flatMap(DeclaredStream::policy))
                        .ifPresent(others::add);
            }
        }
        for (DeclaredStream stream : own) {
            Files.of(stream.name(), stream.policy()).ifPresent(files -> {
                others.stream().filter(files::overlaps).findFirst().ifPresent(other -> report(stream, files, other));
                others.add(files);
            });
        }
    }

    private void report(DeclaredStream stream, Files files, Files other) {
        AnnotationUse blamed = stream.policy().orElse(stream.use());
        reporter.add(Diagnostic.SAME_FILES, blamed.at("filename"), other.stream(), stream.name(), files.path());
    }
}
