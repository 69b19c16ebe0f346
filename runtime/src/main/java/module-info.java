/** Trainer, streams and checkpoint files. */
module dev.rivulet {
    requires transitive ai.djl.api;
    requires transitive dev.rivulet.annotations;
    requires static org.jspecify;

    exports dev.rivulet;
    exports dev.rivulet.registry;
    exports dev.rivulet.stream;
}
