package dev.rivulet.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which top-level class, or which package, uses which; nested classes count as the class around them.
 *
 * @param uses for each name those that it uses, without itself
 */
record ClassGraph(NavigableMap<String, NavigableSet<String>> uses) {

    /** The graph of top-level classes. */
    static ClassGraph ofClasses(JavaClasses classes) {
        return of(classes, JavaClass::getName);
    }

    /** The graph of packages. */
    static ClassGraph ofPackages(JavaClasses classes) {
        return of(classes, JavaClass::getPackageName);
    }

    private static ClassGraph of(JavaClasses classes, Function<JavaClass, String> name) {
        NavigableMap<String, NavigableSet<String>> uses = new TreeMap<>();
        for (JavaClass source : classes) {
            NavigableSet<String> targets =
                    uses.computeIfAbsent(name.apply(topLevel(source)), unused -> new TreeSet<>());
            source.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> topLevel(dependency.getTargetClass().getBaseComponentType()))
                    .filter(target -> target.getName().startsWith("dev.rivulet."))
                    .map(name)
                    .filter(target -> !target.equals(name.apply(topLevel(source))))
                    .forEach(targets::add);
        }
        return new ClassGraph(uses);
    }

    private static JavaClass topLevel(JavaClass nested) {
        JavaClass top = nested;
        while (top.getEnclosingClass().isPresent()) {
            top = top.getEnclosingClass().get();
        }
        return top;
    }

    /** All that a class uses, directly or not, and itself. */
    Set<String> reach(String from) {
        Set<String> reached = new HashSet<>(Set.of(from));
        Deque<String> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (String next : uses(open.pop())) {
                if (reached.add(next)) {
                    open.push(next);
                }
            }
        }
        return reached;
    }

    private Set<String> uses(String name) {
        return uses.getOrDefault(name, new TreeSet<>());
    }

    /** The sets of names of which each uses each, directly or not; those of a single name are left out. */
    List<Set<String>> cycles() {
        return components().stream().filter(names -> names.size() > 1).toList();
    }

    /** Names on the longest chain of uses, where a cycle counts once. */
    int levels() {
        Map<String, Integer> levels = new HashMap<>();
        int deepest = 0;
        for (Set<String> component : components()) {
            int level = 1;
            for (String name : component) {
                for (String used : uses(name)) {
                    level = Math.max(level, 1 + levels.getOrDefault(used, 0));
                }
            }
            for (String name : component) {
                levels.put(name, level);
            }
            deepest = Math.max(deepest, level);
        }
        return deepest;
    }

    /** Strongly connected components by Tarjan's algorithm, each after all that it uses. */
    private List<Set<String>> components() {
        Components components = new Components();
        uses.keySet().forEach(components::visit);
        return components.found;
    }

    private final class Components {
        private final List<Set<String>> found = new ArrayList<>();
        private final Map<String, Integer> order = new HashMap<>();
        private final Map<String, Integer> earliest = new HashMap<>();
        private final Deque<String> open = new ArrayDeque<>();

        void visit(String name) {
            if (order.containsKey(name)) {
                return;
            }
            order.put(name, order.size());
            earliest.put(name, order.get(name));
            open.push(name);
            for (String used : uses(name)) {
                boolean known = order.containsKey(used);
                visit(used);
                if (!known) {
                    earliest.merge(name, Objects.requireNonNull(earliest.get(used)), Math::min);
                } else if (open.contains(used)) {
                    earliest.merge(name, Objects.requireNonNull(order.get(used)), Math::min);
                }
            }
            if (Objects.equals(earliest.get(name), order.get(name))) {
                Set<String> component = new TreeSet<>();
                while (!component.contains(name)) {
                    component.add(open.pop());
                }
                found.add(component);
            }
        }
    }
}
