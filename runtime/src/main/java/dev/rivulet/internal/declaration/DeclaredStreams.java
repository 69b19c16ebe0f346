package dev.rivulet.internal.declaration;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Combines the registries of an object's class and its supertypes. The most derived declaration of a stream wins;
 * conditions and hooks of all types apply, those of supertypes first.
 */
public final class DeclaredStreams {
    private final Object module;
    private final List<CallbackRegistry<Object>> registries;
    private final Map<String, StreamDeclaration> declarations = new LinkedHashMap<>();
    private final Map<String, CallbackRegistry<Object>> declaring = new HashMap<>();

    public DeclaredStreams(Object module) {
        this(module.getClass(), module);
    }

    /** The declarations of a class without an object. Only static transforms can be called. */
    @SuppressWarnings("NullAway") // The object is missing, but static transforms never use it.
    public static DeclaredStreams withoutModule(Class<?> owner) {
        return new DeclaredStreams(owner, null);
    }

    @SuppressWarnings("unchecked") // A registry is found by its type, of which the module is an instance.
    private DeclaredStreams(Class<?> owner, Object module) {
        this.module = module;
        this.registries = (List<CallbackRegistry<Object>>) (List<?>) RegistryLookup.find(owner);
        for (CallbackRegistry<Object> registry : registries) {
            for (StreamDeclaration declaration : registry.streams()) {
                declarations.put(declaration.name(), declaration);
                declaring.put(declaration.name(), registry);
            }
        }
    }

    /** The declared streams by name, those of supertypes first. */
    public Map<String, StreamDeclaration> declarations() {
        return declarations;
    }

    public StateDict transform(String stream, StateDict weights, TransformContext context) throws Exception {
        CallbackRegistry<Object> registry = declaring.get(stream);
        if (registry == null) {
            throw new IllegalArgumentException("No transform is declared for a stream named \"" + stream + "\".");
        }
        try {
            return registry.transform(stream, module, weights, context);
        } catch (Throwable thrown) {
            throw asException(thrown);
        }
    }

    public boolean saves(String stream, TransformContext context) throws Exception {
        try {
            for (CallbackRegistry<Object> registry : registries) {
                if (!registry.saves(stream, module, context)) {
                    return false;
                }
            }
            return true;
        } catch (Throwable thrown) {
            throw asException(thrown);
        }
    }

    /** What user code threw, which may declare any throwable, as callers expect it. */
    private static Exception asException(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof Exception exception
                ? exception
                : new UndeclaredThrowableException(thrown, thrown.toString());
    }

    /** Whether any class has hooks that add entries; called once per fit. */
    public boolean addsEntries() {
        return overrides("onSaveCheckpoint");
    }

    /** Whether any class has conditions; called once per fit. */
    public boolean hasConditions() {
        return overrides("saves");
    }

    private boolean overrides(String method) {
        return registries.stream().anyMatch(registry -> overrides(registry, CallbackRegistry.class, method));
    }

    /** Whether an object's class overrides a default method of an interface. */
    public static boolean overrides(Object object, Class<?> type, String method) {
        return Stream.of(object.getClass().getMethods())
                .anyMatch(found -> found.getName().equals(method) && found.getDeclaringClass() != type);
    }

    public void onSaveCheckpoint(String stream, Checkpoint checkpoint) throws Exception {
        try {
            for (CallbackRegistry<Object> registry : registries) {
                registry.onSaveCheckpoint(stream, module, checkpoint);
            }
        } catch (Throwable thrown) {
            throw asException(thrown);
        }
    }

    /**
     * Calls the {@code @OnLoadCheckpoint} methods, without recording gradients.
     *
     * @throws IOException if one of them throws a checked exception
     */
    public void notifyLoaded(Checkpoint checkpoint) throws IOException {
        GradientMode mode = GradientMode.off();
        try {
            for (CallbackRegistry<Object> registry : registries) {
                registry.onLoadCheckpoint(checkpoint.stream(), module, checkpoint);
            }
        } catch (RuntimeException | Error | IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("@OnLoadCheckpoint of " + module.getClass().getName() + " failed: " + e, e);
        } finally {
            mode.restore();
        }
    }

    /** The transforms held in fields, by the names under which their state is saved, those of supertypes first. */
    public Map<String, StatefulTransform> statefulTransforms() {
        Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
        for (CallbackRegistry<Object> registry : registries) {
            registry.statefulTransforms(module).forEach((name, transform) -> {
                // Classes with the same name in different packages may extend each other.
                String key = name;
                for (int n = 2; transforms.containsKey(key); n++) {
                    key = name + " (" + n + ")";
                }
                transforms.put(key, transform);
            });
        }
        return transforms;
    }
}
