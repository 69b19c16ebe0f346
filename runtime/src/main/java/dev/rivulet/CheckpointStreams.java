package dev.rivulet;

final class CheckpointStreams implements dev.rivulet.training.FitHooks, AutoCloseable {
    java.util.Map<String, FitResult.StreamResult> results() {
        return java.util.Map.of();
    }

    @Override
    public void close() {}
}
