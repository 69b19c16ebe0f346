/** Trainer, streams and checkpoint files. */
module dev.rivulet {
    requires transitive ai.djl.api;
    requires ai.djl.pytorch_engine;
    requires com.google.gson;
    requires com.sun.jna;
    requires transitive dev.rivulet.annotations;
    requires static org.jspecify;
    requires jdk.jfr;
    requires org.slf4j;
    requires me.tongfei.progressbar;

    exports dev.rivulet;
    exports dev.rivulet.checkpoint;
    exports dev.rivulet.data;
    exports dev.rivulet.hook;
    exports dev.rivulet.optim;
    exports dev.rivulet.random;
    exports dev.rivulet.registry;
    exports dev.rivulet.tensor;
    exports dev.rivulet.testing;
    exports dev.rivulet.transform;
    exports dev.rivulet.internal.engine to
            ai.djl.pytorch_engine;

    provides ai.djl.engine.EngineProvider with
            dev.rivulet.internal.engine.PatchingEngineProvider;
}
